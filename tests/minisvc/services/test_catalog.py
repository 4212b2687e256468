"""The catalogue on a running cluster: where its cache is, who makes what, and who sees it."""

import shutil

import pytest
import requests

from minisvc import Cluster
from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.services.cache import Habits
from minisvc.services.catalog import create_app
from minisvc.state import build


def stale_at_once(instance: str):
    return create_app(instance, habits=Habits(ttl_s=0, stale_s=60))


def leaky(instance: str):
    return create_app(instance, key_forgets_user=True)


def read(shop: Cluster, count: int, times: int = 3) -> list[str]:
    """How the cache answered, for each product in turn, over and over."""
    with requests.Session() as client:
        answers = [client.get(f"{shop.url}/products/{n + 1}").json() for _ in range(times) for n in range(count)]
    assert all(answer["price_cents"] == 100 + 7 * answer["id"] % 900 for answer in answers)
    return [answer["cache"] for answer in answers]


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"state": "memory", "policy": "round_robin"}, 12),  # 4 products, each in 3 caches
        ({"state": "memory", "policy": "ring_hash", "key": "path"}, 4),
        ({"state": "redis", "policy": "round_robin"}, 4),
    ],
    ids=["local", "by content", "shared"],
)
def test_how_often_a_product_is_made_depends_on_where_the_cache_is(fields, made):
    with Cluster("catalog", instances=3, **fields) as shop:
        # Four products in turn over three instances: each of them comes to each.
        assert read(shop, 4).count("miss") == made


def test_where_the_client_carries_the_state_nothing_is_cached():
    with Cluster("catalog", instances=2, state="signed_cookie") as shop:
        assert set(read(shop, 2)) == {"none"}


@pytest.mark.parametrize("balancer", ["nginx", "haproxy"])
def test_real_balancers_route_by_content_too(balancer):
    if not shutil.which(balancer):
        pytest.skip(f"{balancer} is not on PATH")
    fields = {"policy": "ring_hash", "key": "path", "balancer": balancer}
    with Cluster("catalog", instances=3, **fields) as shop:
        assert read(shop, 6).count("miss") == 6


def test_a_stale_product_is_made_anew_behind_the_answer():
    with (
        Cluster("tests.minisvc.services.test_catalog:stale_at_once", instances=1) as shop,
        requests.Session() as client,
    ):
        asked = [client.get(f"{shop.url}/products/1") for _ in range(3)]
        assert [answer.json()["cache"] for answer in asked] == ["miss", "stale", "stale"]
        assert asked[1].headers["Cache-Control"] == "max-age=0, stale-while-revalidate=60"
        # On one connection the third came after the second's making anew.
        assert client.get(f"{shop.url}/stats").json()["made"] >= 2


@pytest.mark.parametrize(
    ("service", "leaks"), [("catalog", False), ("tests.minisvc.services.test_catalog:leaky", True)]
)
def test_a_key_without_the_user_gives_one_what_was_made_for_another(service, leaks):
    with Cluster(service, instances=1) as shop:
        said = [requests.get(f"{shop.url}/for-you", headers={"X-User": name}).json() for name in ("ada", "bob")]
    assert [each["user"] for each in said] == ["ada", "ada" if leaks else "bob"]


def test_a_client_that_holds_a_product_is_told_that_it_is_unchanged():
    app = create_app("a", cost_s=0)
    build(Service()).install(app, "a", Fence("a"))
    client = app.test_client()
    first = client.get("/products/7")
    again = client.get("/products/7", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/products/8").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("number", [0, 1001])
def test_a_product_that_is_not_there_is_a_404_with_its_reason(number):
    answer = create_app("a").test_client().get(f"/products/{number}")
    assert (answer.status_code, answer.json["error"]) == (
        404,
        f"there is no product {number}: they are numbered 1 to 1000",
    )


def test_nobody_is_recommended_anything_without_a_name():
    client = create_app("a").test_client()
    for name in ("", "a b", "x" * 41):
        answer = client.get("/for-you", headers={"X-User": name})
        assert (answer.status_code, answer.json["error"]) == (
            401,
            "say who you are in X-User: 1 to 40 letters and digits",
        )
