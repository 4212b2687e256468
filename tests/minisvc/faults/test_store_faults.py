"""Faults at work between instances and their store, and of the store itself."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from minisvc import Cluster
from minisvc.errors import FaultError
from minisvc.stores.redis_server import open_store
from tests.minisvc.conditions import until
from tests.minisvc.faults.conftest import fill

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")


def test_a_partitioned_instance_fails_alone_and_stays_up(stored):
    mine, other = fill(stored)
    with stored.fault("partition", "a", how="refuse") as fault:
        cut, spared = mine.check(), other.check()
        assert [backend.status for backend in stored.backends] == ["up", "up"]
    after = mine.check()
    assert (cut.status, spared.status, after.status, after.lost) == (503, 200, 200, False)
    assert fault.touched == [cut]


def test_after_a_blackhole_a_write_whose_client_gave_up_still_applies(stored):
    (mine, _) = fill(stored)
    cookie = {"session": mine.cookie}
    with stored.fault("partition", "a", how="blackhole"):
        with pytest.raises(OSError, match="timed out"):
            mine._http.post(f"{stored.url}/cart/items", json={"item": "bread"}, timeout=0.2)
        assert carts(stored) == [["apples"]] * 2
    until(lambda: ["apples", "bread"] in carts(stored))
    assert cookie["session"] == mine.cookie


def test_who_waits_for_a_blackhole_to_heal_is_touched_by_it(stored):
    mine, other = fill(stored)
    with ThreadPoolExecutor() as beside:
        with stored.fault("partition", "a") as fault:
            waiting = beside.submit(mine.check)
            hands = stored._pools["cart"].upstream.backends["a"]
            until(lambda: hands.in_flight == 1)
            assert other.check().fault is None
            assert not waiting.done()
        answer = waiting.result(10)
    assert (answer.status, answer.lost, answer.fault) == (200, False, "partition-1")
    assert fault.touched == [answer]


def test_without_healing_the_write_never_arrives(stored):
    (mine, _) = fill(stored)
    with stored.fault("partition", "a", how="blackhole"):
        with pytest.raises(OSError, match="timed out"):
            mine._http.post(f"{stored.url}/cart/items", json={"item": "bread"}, timeout=0.2)
        stored.crash("a")
        assert carts(stored) == [["apples"]] * 2
        stored.restart("a")


@pytest.mark.parametrize("kind", ["imitation", pytest.param("server", marks=needs_redis)])
def test_a_crashed_store_fails_requests_and_comes_back_empty_while_instances_stay_up(kind, monkeypatch):
    if kind == "imitation":
        monkeypatch.setenv("PATH", "")
    with Cluster("cart", instances=2, state="redis") as shop:
        users = fill(shop)
        url = shop.store.url
        with shop.fault("store_crash") as fault:
            during = [user.check() for user in users]
            assert [backend.status for backend in shop.backends] == ["up", "up"]
            assert shop.holdings() == ()
        after = [user.check() for user in users]
        assert shop.store.url == url
        assert [answer.status for answer in during] == [503, 503]
        assert fault.touched == during
        assert [(answer.status, answer.lost) for answer in after] == [(200, True), (200, True)]


@needs_redis
def test_a_given_store_is_not_ours_to_kill():
    store = open_store()
    try:
        with Cluster("cart", state="redis", store_url=store.url) as shop:
            with pytest.raises(FaultError, match="was given, so it is not the lab's to kill"):
                shop.fault("store_crash").__enter__()
            with redis.Redis.from_url(store.url, protocol=2) as asked:
                assert asked.ping()
    finally:
        store.close()


def test_a_slow_store_slows_every_instance_and_names_what_it_slowed(stored):
    users = fill(stored)
    with stored.fault("store_slow", delay_s=0.1) as fault:
        during = [user.check() for user in users]
    after = [user.check() for user in users]
    assert all(answer.duration_s >= 0.1 for answer in during)
    assert all(answer.duration_s < 0.1 for answer in after)
    assert fault.touched == during


@pytest.mark.parametrize(("kind", "where"), [("store_crash", []), ("store_slow", []), ("partition", ["a"])])
def test_a_fault_of_the_store_ends_when_the_state_is_moved_elsewhere(stored, kind, where):
    (mine, _) = fill(stored)
    url = stored.store.url
    with stored.fault(kind, *where) as fault:
        stored.move_state("memory")
        answers = [mine.add("figs"), mine.check()]
    assert [(answer.served, answer.lost, answer.fault) for answer in answers] == [(True, False, None)] * 2
    assert (fault.touched, stored.store) == ([], None)
    with redis.Redis.from_url(url, protocol=2, retry=None) as asked, pytest.raises(redis.ConnectionError):
        asked.ping()


def carts(shop: Cluster) -> list[list[str]]:
    """What is in the store, by the mechanism's own connection, which goes through no link."""
    held = shop._pools["cart"].mechanism.held()
    return sorted(list(each.session.get("items", [])) for each in held)
