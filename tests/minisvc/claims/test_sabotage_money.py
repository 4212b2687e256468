"""Break what retries, caches and money rest on, and the claim that says so is refuted."""

from minisvc.balancer import transit
from minisvc.edge.answer import Answer
from minisvc.edge.shelf import Shelf
from minisvc.host.faulty import Faulty
from minisvc.policies import POLICIES
from minisvc.services import webhooks
from minisvc.services.idempotency import Keys
from tests.minisvc.claims.sabotage import faults


def is_off(*_, **__):
    """In place of what is sabotaged."""


def test_a_proxy_that_repeats_a_post_charges_twice(monkeypatch):
    monkeypatch.setattr(transit, "IDEMPOTENT", transit.IDEMPOTENT | {b"POST"})
    assert faults("lb-must-not-retry-post") == ["status of the POST, builtin", "charges after the POST, builtin"]


def test_a_proxy_that_repeats_nothing_fails_the_get(monkeypatch):
    monkeypatch.setattr(transit, "IDEMPOTENT", frozenset())
    assert faults("lb-must-not-retry-post") == ["status of the GET, builtin"]


def test_keys_that_nobody_looks_at_refuse_nothing(monkeypatch):
    def careless(self, asked, effect):
        with self._engine.begin() as connection:
            outcome = effect(connection)
        self._habits.between()
        return outcome

    monkeypatch.setattr(Keys, "once", careless)
    assert faults("idempotency-rules") == [
        "status: second request, the first under way",
        "status: the key with another amount",
    ]


def test_an_answer_that_is_lost_with_its_work_charges_once(monkeypatch):
    def reset_at_once(self, environ):
        raise ConnectionResetError("before any work")

    monkeypatch.setattr(Faulty, "_drop", reset_at_once)
    assert faults("double-charge") == [f"charges, answers lost: {count}" for count in range(1, 5)]


def test_a_receiver_that_forgets_ids_ships_each_delivery(monkeypatch):
    monkeypatch.setattr(webhooks, "_in_database", lambda _connection, _id: True)
    assert faults("webhook-dedupe") == ["the same, ids in the database"]


def test_an_edge_that_keeps_nothing_serves_nothing(monkeypatch):
    monkeypatch.setattr(Shelf, "put", is_off)
    wrong = faults("edge-serves-without-origin")
    assert len(wrong) == 4
    assert all(each.startswith(("served while fresh", "served while stale")) for each in wrong)


def test_an_edge_that_lets_nothing_go_serves_what_is_too_old(monkeypatch):
    monkeypatch.setattr(Answer, "may_be_stale", lambda *_: True)
    assert faults("edge-serves-without-origin") == [
        "served while too old, stale-while-revalidate",
        "served while too old, stale-if-error",
    ]


def test_routing_by_content_that_draws_lots_hits_less(monkeypatch):
    monkeypatch.setitem(POLICIES, "ring_hash", POLICIES["random"])
    assert faults("content-routing-hit-rate") == ["hit rate, routed by content"]
