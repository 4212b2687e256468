"""The receiver of webhooks on a running cluster: one parcel for each paid order, however often it is told of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests

from minisvc import Cluster
from tests.minisvc.programs import DATABASES

MODULE = "minisvc.services.webhooks:"
PAID = {"type": "order.paid", "data": {"order": "o-1"}}


@pytest.fixture(params=DATABASES)
def opened(request) -> Iterator[Callable[..., Cluster]]:
    with ExitStack() as undo:
        yield lambda service="webhooks", **fields: undo.enter_context(
            Cluster(service, database=request.param, **fields)
        )


def tell(shop: Cluster, event_id: str | None = "msg_1", said: object = PAID) -> requests.Response:
    fields = {"webhook-id": event_id} if event_id is not None else {}
    return requests.post(f"{shop.url}/webhooks", json=said, headers=fields, timeout=30)


def parcels(shop: Cluster, order: str = "o-1") -> int:
    return requests.get(f"{shop.url}/parcels/{order}", timeout=30).json()["parcels"]


def test_an_event_that_comes_again_is_acknowledged_again_and_ships_nothing(opened):
    shop = opened(instances=2)
    answers = [tell(shop) for _ in range(4)]
    assert [each.status_code for each in answers] == [200] * 4
    assert [each.json()["known"] for each in answers] == [False, True, True, True]
    assert {each.json()["instance"] for each in answers} == {"a", "b"}
    assert parcels(shop) == 1


def test_another_event_about_the_same_order_is_another_event(opened):
    shop = opened()
    assert [tell(shop, event_id).json()["known"] for event_id in ("msg_1", "msg_2")] == [False, False]
    assert parcels(shop) == 2


def test_of_many_deliveries_at_once_one_ships(opened):
    shop = opened(instances=3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: tell(shop), range(16)))
    assert [each.status_code for each in answers] == [200] * 16
    assert [each.json()["known"] for each in answers].count(False) == 1
    assert parcels(shop) == 1


def test_an_event_that_could_not_be_kept_is_to_be_sent_again(opened):
    shop = opened()
    shop.crash_store()
    refused = tell(shop)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:statewise:problem:database-down")
    assert refused.json()["detail"].endswith("send it again with the same webhook-id.")
    shop.restart_store()
    assert tell(shop).status_code == 200
    assert parcels(shop) == 1


@pytest.mark.parametrize(
    ("service", "shipped"), [("webhooks", 1), (f"{MODULE}ids_in_memory", 2), (f"{MODULE}ids_ignored", 4)]
)
def test_what_remembers_ids_decides_how_often_an_event_has_its_effect(service, shipped):
    with Cluster(service, instances=2) as shop:
        for _ in range(4):
            assert tell(shop).status_code == 200
        assert parcels(shop) == shipped


@pytest.mark.parametrize("service", ["webhooks", f"{MODULE}ids_ignored"])
def test_a_sender_that_repeats_finds_out_whether_orders_are_shipped_once(service):
    with Cluster(service, instances=2) as shop:
        with shop.fault("drop_response", "a", share=0.5):
            found = shop.load("sender", users=3, steps=60)
        posts = [each for each in shop.ledger.since()[1] if each.method == "POST"]
    assert any(each.status == 502 for each in posts)
    assert (found.lost > 0) == service.endswith("ignored")


@pytest.mark.parametrize(
    ("event_id", "said", "detail"),
    [
        (
            None,
            PAID,
            "webhook-id must be 1 to 64 letters, digits and _ -, the same each time an event is sent; here ''",
        ),
        ("a b", PAID, "here 'a b'"),
        ("msg_1", {"type": "order.paid"}, "data.order is None; it must be 1 to 64 letters, digits and _ -."),
        ("msg_1", {"type": "order.paid", "data": {"order": "../1"}}, "data.order is '../1'"),
        ("msg_1", ["order.paid"], "type is None; it must be a text."),
    ],
)
def test_what_is_no_webhook_is_refused_with_its_reason(event_id, said, detail):
    with Cluster("webhooks", instances=1) as shop:
        refused = tell(shop, event_id, said)
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:statewise:problem:no-event")
        assert detail in refused.json()["detail"]
        assert tell(shop).json()["known"] is False


def test_events_of_other_types_are_acknowledged_and_ship_nothing():
    with Cluster("webhooks", instances=1) as shop:
        assert tell(shop, said={"type": "order.seen", "data": {"order": "o-1"}}).status_code == 200
        assert parcels(shop) == 0
