"""What every balancer owes while its cluster is changed under it: the same tests for ours and the real ones."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from minisvc.layout import HealthCheck
from tests.minisvc.proxies.apps import gate
from tests.minisvc.proxies.asking import HELD, WAIT_S, in_background, recorded
from tests.minisvc.proxies.conftest import need


def test_draining_keeps_the_bound_and_takes_nobody_new(balancer, opened, http):
    shop = opened(balancer=balancer, affinity="cookie")
    assert http.get(shop.url).json()["instance"] == "a"
    shop.drain("a")
    assert {http.get(shop.url).json()["instance"] for _ in range(3)} == {"a"}
    assert {requests.get(shop.url).json()["instance"] for _ in range(6)} == {"b", "c"}
    assert {each.name: each.status for each in shop.backends}["a"] == "draining"


def test_stopping_finishes_what_is_in_flight_and_sends_nobody_there_again(balancer, opened, http):
    shop = opened(HELD, balancer=balancer)
    asked = in_background(lambda: http.post(shop.url, data=b"pay"))
    assert gate.entered.acquire(timeout=WAIT_S)
    letting_go = threading.Timer(0.2, gate.go.set)
    letting_go.start()
    shop.stop("a")
    letting_go.join()
    assert asked.result(WAIT_S).status_code == 200
    assert Counter(requests.get(shop.url).headers["x-backend"] for _ in range(6)) == {"b": 3, "c": 3}


def test_a_restarted_instance_is_used_at_once(balancer, opened, http):
    shop = opened(balancer=balancer)
    shop.crash("a")
    assert {http.get(shop.url).json()["instance"] for _ in range(4)} == {"b", "c"}
    shop.restart("a")
    assert {http.get(shop.url).json()["instance"] for _ in range(3)} == {"a", "b", "c"}


def test_who_is_taken_out_is_told_as_an_event(balancer, opened, http):
    shop = opened(balancer=balancer)
    shop.crash("a")
    for _ in range(3):
        http.get(shop.url)
    recorded(shop, 3)
    (told,) = [each.sentence for each in shop.events.since(0)[1] if each.kind == "health"]
    assert " takes a out: " in told


def test_stickiness_and_policy_change_while_it_runs(balancer, opened, http):
    shop = opened(balancer=balancer, affinity="cookie")
    assert len({http.get(shop.url).json()["instance"] for _ in range(4)}) == 1
    shop.set_sticky(False)
    assert len({http.get(shop.url).json()["instance"] for _ in range(3)}) == 3
    shop.set_policy("ring_hash")
    assert len({http.get(shop.url, headers={"X-User": "ann"}).json()["instance"] for _ in range(6)}) == 1
    shop.set_sticky(True)
    assert len({http.get(shop.url).json()["instance"] for _ in range(4)}) == 1


def test_retries_change_while_it_runs(balancer, opened, http):
    shop = opened(HELD, balancer=balancer)
    shop.set_retry("idempotent")
    asked = in_background(lambda: http.get(shop.url))
    assert gate.entered.acquire(timeout=WAIT_S)
    shop.crash("a")
    gate.go.set()
    assert asked.result(WAIT_S).status_code == 200


def test_health_checks_find_a_crash_without_a_request(opened):
    need("haproxy")
    shop = opened(balancer="haproxy", health=HealthCheck(interval_s=0.02, fall=2))
    shop.crash("a")
    with shop.ledger.changed:
        shop.ledger.changed.wait_for(lambda: any(e.kind == "health" for e in shop.events.since(0)[1]), 0.5)
    said = [each.sentence for each in shop.events.since(0)[1] if each.kind == "health"]
    (sentence,) = said
    assert sentence.startswith("HAProxy takes a out: connection re")


def test_instances_join_and_leave_while_it_runs(balancer, opened, http):
    shop = opened(balancer=balancer)
    shop.scale(5)
    assert Counter(http.get(shop.url).json()["instance"] for _ in range(10)) == dict.fromkeys("abcde", 2)
    shop.scale(2)
    assert Counter(http.get(shop.url).json()["instance"] for _ in range(4)) == {"a": 2, "b": 2}
    shop.scale(3)
    assert {http.get(shop.url).json()["instance"] for _ in range(3)} == {"a", "b", "c"}


def test_an_instance_that_refuses_connections_is_gone_around_until_it_takes_them_again(balancer, opened, http):
    shop = opened(balancer=balancer)
    with shop.fault("refuse", "a"):
        # New clients, for kept connections stay.
        assert {requests.post(shop.url).json()["instance"] for _ in range(6)} == {"b", "c"}
    assert {http.get(shop.url).json()["instance"] for _ in range(3)} == {"a", "b", "c"}
    assert shop.ledger.counts().failed == 0


def test_under_load_every_exchange_is_counted_once(balancer, opened):
    shop = opened("cart", balancer=balancer, affinity="cookie")
    users = shop.add_users(8)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            list(pool.map(lambda user: [user.add("figs") for _ in range(5)], users))
            shop.crash("a")
            list(pool.map(lambda user: [user.check() for _ in range(5)], users))
            shop.restart("a")
    exchanges = shop.ledger.since(0)[1]
    assert len(exchanges) == len({each.id for each in exchanges}) == 8 * 3 * 10
    assert all(each.backend for each in exchanges if each.served)
    counts = shop.ledger.counts()
    assert counts.served + counts.failed == len(exchanges)
    assert counts.failed == 0
