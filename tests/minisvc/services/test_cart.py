import pytest
from flask.testing import FlaskClient

from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.services.cart import LONGEST_NAME, MOST_ITEMS, create_app
from minisvc.state import build


@pytest.fixture
def shop() -> FlaskClient:
    app = create_app("a")
    build(Service(state="memory")).install(app, "a", Fence("a"))
    return app.test_client()


def test_items_are_kept_in_order(shop):
    shop.post("/cart/items", json={"item": "apples"})
    answer = shop.post("/cart/items", json={"item": "bread"})
    assert answer.status_code == 201
    assert shop.get("/cart").json == {"items": ["apples", "bread"], "instance": "a"}


def test_it_can_be_emptied(shop):
    shop.post("/cart/items", json={"item": "apples"})
    assert shop.delete("/cart").json == {"items": [], "instance": "a"}
    assert shop.get("/cart").json["items"] == []


@pytest.mark.parametrize(
    "body",
    [{}, {"item": ""}, {"item": "  "}, {"item": 5}, {"item": "x" * (LONGEST_NAME + 1)}, [1], None, "x"],
)
def test_a_bad_item_is_refused_with_what_is_allowed(shop, body):
    answer = shop.post("/cart/items", json=body)
    assert answer.status_code == 422
    assert answer.json["error"].startswith('send {"item": "apples"}: a text of 1 to 100 characters, here ')


def test_broken_json_is_refused(shop):
    answer = shop.post("/cart/items", data=b"{", content_type="application/json")
    assert answer.status_code == 422


def test_a_full_cart_is_refused(shop):
    with shop.session_transaction() as session:
        session["items"] = ["x"] * MOST_ITEMS
    answer = shop.post("/cart/items", json={"item": "one more"})
    assert (answer.status_code, answer.json["error"]) == (
        422,
        "the cart is full: it holds at most 1000 items",
    )


def test_a_browser_gets_a_page_with_a_form_and_comes_back_to_it(shop):
    answer = shop.post("/cart/items", data={"item": "<b>apples</b>"})
    assert (answer.status_code, answer.location) == (303, "/")
    page = shop.get("/").text
    assert "<li>&lt;b&gt;apples&lt;/b&gt;</li>" in page
    assert '<form method="post" action="/cart/items">' in page


def test_it_says_that_it_is_well(shop):
    assert shop.get("/healthz").json == {"status": "ok", "instance": "a"}
