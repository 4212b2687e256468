"""The client keeps the document: it may edit it, and whatever is no document is refused with its reason."""

import json
import re
import shutil

import pytest
import requests

from minisvc import Cluster
from minisvc.state import DOCUMENT_FIELD
from minisvc.state.client_store import MOST_BYTES
from tests.minisvc.conftest import QUIET


@pytest.fixture
def cart():
    with Cluster("cart", instances=2, state="client_store", health=QUIET) as shop:
        yield f"{shop.url}/cart"


def ask(url: str, document: str | None = None, method: str = "GET", **options) -> requests.Response:
    fields = {} if document is None else {DOCUMENT_FIELD: document}
    return requests.request(method, url, headers=fields, timeout=10, **options)


def test_a_client_without_a_document_is_a_new_one(cart):
    answer = ask(cart)
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert DOCUMENT_FIELD not in answer.headers


def test_the_changed_document_comes_back_and_any_instance_believes_it(cart):
    document = None
    for item in ("äpples", "bread", "日本 €"):
        answer = ask(f"{cart}/items", document, "POST", json={"item": item})
        document = answer.headers[DOCUMENT_FIELD]
    assert json.loads(document) == {"items": ["äpples", "bread", "日本 €"]}
    assert document.isascii()
    assert {ask(cart, document).json()["instance"] for _ in range(4)} == {"a", "b"}
    assert ask(cart, document).json()["items"] == ["äpples", "bread", "日本 €"]


def test_the_document_is_the_clients_own_to_edit(cart):
    assert ask(cart, '{"items": ["what I never added"]}').json()["items"] == ["what I never added"]


@pytest.mark.parametrize(
    ("document", "status", "reason"),
    [
        ("", 400, "is no JSON"),
        ('{"items": ["apples"', 400, "is no JSON"),
        ('{"items": NaN}', 400, "NaN is no JSON number"),
        ("[" * 2000, 400, "is no JSON"),
        ("null", 422, "is null; it must be a JSON object"),
        ('["apples"]', 422, "is an array; it must be a JSON object"),
        ("true", 422, "is a boolean; it must be a JSON object"),
        ('{"items": "apples"}', 422, "items must be a list of at most 1000 texts"),
        ('{"items": ["apples", 7]}', 422, "an item is a text of 1 to 100 characters, here 7"),
        ('{"items": [""]}', 422, "an item is a text of 1 to 100 characters, here ''"),
        (f'{{"items": ["{"x" * 101}"]}}', 422, "an item is a text of 1 to 100 characters"),
        (json.dumps({"x": "y" * MOST_BYTES}), 413, f"at most {MOST_BYTES:,}"),
    ],
)
def test_what_is_no_cart_is_refused_with_its_reason(cart, document, status, reason):
    answer = ask(cart, document)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert reason in answer.json()["error"]
    assert DOCUMENT_FIELD not in answer.headers


def test_a_cart_that_grows_too_large_is_told_and_the_former_one_stays_good(cart):
    document, sent = None, 0
    while True:
        answer = ask(f"{cart}/items", document, "POST", json={"item": "x" * 99})
        if answer.status_code != 201:
            break
        document, sent = answer.headers[DOCUMENT_FIELD], sent + 1
    assert answer.status_code == 413
    assert re.search(r"3,\d\d\d bytes are more than a client's document takes: at most 3,072", answer.json()["error"])
    assert DOCUMENT_FIELD not in answer.headers
    assert len(ask(cart, document).json()["items"]) == sent


def test_answers_differ_by_the_document_and_caches_are_told(cart):
    assert DOCUMENT_FIELD in ask(cart).headers["Vary"]


@pytest.mark.parametrize("host", ["thread", "process"])
def test_crashes_lose_nothing_and_the_cart_is_shown_at_its_client(host):
    with Cluster("cart", instances=3, state="client_store", host=host, health=QUIET) as shop:
        users = shop.add_users(3)
        for user in users:
            user.add("apples")
        shop.crash("a")
        shop.crash("b")
        assert [user.check().lost for user in users] == [False] * 3
        assert {(each.place, each.owner, each.items) for each in shop.holdings()} == {
            ("client", f"c{number}", 1) for number in (1, 2, 3)
        }
        users[0].forget()
        assert users[0].cookie is None
        users[0].add("bread")
        assert users[0].check().lost is False


def test_a_cohort_keeps_its_documents_too():
    with Cluster("cart", instances=3, state="client_store", health=QUIET) as shop:
        result = shop.load("newcomer", users=20, steps=200)
        assert (result.served, result.lost) == (200, 0)


def test_a_real_balancer_passes_the_largest_document():

    if not shutil.which("nginx"):
        pytest.skip("nginx is not on PATH")
    with Cluster("cart", instances=2, state="client_store", balancer="nginx", health=QUIET) as shop:
        document = None
        while len(document or "") < MOST_BYTES - 120:
            answer = ask(f"{shop.url}/cart/items", document, "POST", json={"item": "x" * 99})
            assert answer.status_code == 201
            document = answer.headers[DOCUMENT_FIELD]
