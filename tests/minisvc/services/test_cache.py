"""The cache's habits, one by one."""

import threading

import pytest

from minisvc.clock import FakeClock
from minisvc.keyvalue import KeyValue, MemoryKeyValue, StoreDown
from minisvc.services.cache import Cache, Habits

WAIT_S = 10


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def counting():
    made = iter(range(1, 1000))
    return lambda: next(made)


def test_a_fresh_entry_is_served_and_an_expired_one_made_anew(clock):
    cache, make = Cache(MemoryKeyValue(clock), Habits(ttl_s=5), clock), counting()
    found = [cache.fetch("k", make)]
    clock.advance(4.9)
    found.append(cache.fetch("k", make))
    clock.advance(0.1)
    found.append(cache.fetch("k", make))
    assert [(each.value, each.how) for each in found] == [(1, "miss"), (1, "hit"), (2, "miss")]
    assert found[1].age_s == pytest.approx(4.9)


def test_a_stale_entry_serves_while_one_request_makes_it_anew_after_its_answer(clock):
    cache, make = Cache(MemoryKeyValue(clock), Habits(ttl_s=5, stale_s=10), clock), counting()
    cache.fetch("k", make)
    clock.advance(6)
    first, second = cache.fetch("k", make), cache.fetch("k", make)
    assert [(each.value, each.how) for each in (first, second)] == [(1, "stale"), (1, "stale")]
    assert second.refresh is None
    first.refresh()
    assert (cache.fetch("k", make).value, cache.fetch("k", make).how) == (2, "hit")


def test_what_is_older_than_stale_is_made_before_it_is_served(clock):
    cache, make = Cache(MemoryKeyValue(clock), Habits(ttl_s=5, stale_s=10), clock), counting()
    cache.fetch("k", make)
    clock.advance(15)
    assert cache.fetch("k", make).how == "miss"


@pytest.mark.parametrize(("single_flight", "made"), [(True, 1), (False, 8)])
@pytest.mark.parametrize("shared", [True, False], ids=["two instances", "one instance"])
def test_eight_who_miss_at_once_make_it_once_only_with_single_flight(single_flight, made, shared):
    store, habits = MemoryKeyValue(), Habits(single_flight=single_flight)
    one = Cache(store, habits)
    caches = [one, Cache(store, habits) if shared else one] * 4
    arrived, count, lock = threading.Barrier(8), [], threading.Lock()
    all_in = threading.Event()

    def make() -> str:
        with lock:
            count.append(1)
            if len(count) == made:
                all_in.set()
        # With single flight the first is alone; without, each waits until all are in.
        assert all_in.wait(WAIT_S)
        return "made"

    found = []

    def ask(cache: Cache) -> None:
        arrived.wait(WAIT_S)
        found.append(cache.fetch("k", make).value)

    threads = [threading.Thread(target=ask, args=[cache]) for cache in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert (len(count), found) == (made, ["made"] * 8)


def test_a_maker_that_fails_tells_its_own_request_and_leaves_the_next_to_try(clock):
    store = MemoryKeyValue(clock)
    cache = Cache(store, Habits(), clock)
    with pytest.raises(ZeroDivisionError):
        cache.fetch("k", lambda: 1 / 0)
    assert cache.fetch("k", lambda: "made").value == "made"


class Gone(KeyValue):
    kind = "gone"

    def _down(self, *_, **__):
        raise StoreDown("gone", "it is gone")

    get = put = delete = keys = _down


def test_a_cache_whose_store_is_down_costs_time_and_no_answers():
    cache = Cache(Gone(), Habits())
    assert [cache.fetch("k", counting()).how for _ in range(2)] == ["miss", "miss"]


def test_without_a_store_there_is_no_cache():
    assert Cache(None, Habits()).fetch("k", lambda: "made").how == "none"
