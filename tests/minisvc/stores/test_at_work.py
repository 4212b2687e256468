"""Stores under a running cluster: what its users get while a store is down, slow, silent or wiped."""

import shutil
import time
from collections.abc import Iterator

import psutil
import pytest
import requests

from minisvc import Cluster
from minisvc.errors import FaultError
from minisvc.layout import HealthCheck
from tests.minisvc.conditions import until
from tests.minisvc.faults.conftest import fill

PROGRAMS = {"redis": "redis-server", "memcached": "memcached"}
OFTEN = HealthCheck(interval_s=0.02, fall=1)


def kinds() -> list:
    found = []
    for state, program in PROGRAMS.items():
        real = [pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not on PATH")]
        found += [
            pytest.param((state, "thread", False), id=state, marks=real),
            pytest.param((state, "process", False), id=f"{state}-process", marks=real),
            pytest.param((state, "thread", True), id=f"{state}-imitation"),
        ]
    return found


@pytest.fixture(params=kinds())
def shop(request, monkeypatch) -> Iterator[Cluster]:
    state, host, imitation = request.param
    if imitation:
        monkeypatch.setenv("PATH", "")
    with Cluster("cart", instances=2, state=state, host=host, health=OFTEN) as shop:
        yield shop


def sentences(shop: Cluster, kind: str) -> list[str]:
    return [event.sentence for event in shop.events.since(0)[1] if event.kind == kind]


def test_a_store_that_is_down_is_a_503_with_its_reason_and_no_instance_is_down(shop, capfd):
    users = fill(shop)
    shop.crash_store()
    answers = [user.check() for user in users]
    assert [answer.status for answer in answers] == [503, 503]
    told = requests.get(f"{shop.url}/cart", cookies={"session": users[0].cookie}, timeout=10)
    assert told.json()["error"].startswith(f"The store ({shop.layout.services[0].state}) cannot be used: ")
    _several_checks_pass(shop)
    assert [backend.status for backend in shop.backends] == ["up", "up"]
    assert sentences(shop, "health") == []
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_whoever_needs_no_session_is_served_while_the_store_is_down(shop):
    users = fill(shop)
    shop.crash_store()
    told = requests.get(f"{shop.url}/healthz", cookies={"session": users[0].cookie}, timeout=10)
    assert (told.status_code, told.json()["status"]) == (200, "ok")


def test_a_crash_empties_what_is_not_durable_and_the_diary_says_so(shop):
    users, kind = fill(shop), shop.store.kind
    shop.crash_store()
    assert shop.store.says == f"{kind}, down"
    shop.restart_store()
    assert shop.store.says == kind
    answers = [user.check() for user in users]
    assert [(answer.status, answer.lost) for answer in answers] == [(200, True), (200, True)]
    assert sentences(shop, "store") == [
        f"The store, {kind}, crashed: all that it held is gone.",
        f"The store, {kind}, is back: all that it held is gone.",
    ]


@pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")
def test_a_durable_redis_loses_no_cart_in_a_crash():
    with Cluster("cart", instances=2, state="redis", durable=True) as shop:
        users = fill(shop, 5)
        shop.crash_store()
        shop.restart_store()
        assert [user.check().lost for user in users] == [False] * 5
        assert sentences(shop, "store")[-1].endswith(" is back: what it had confirmed is on disk.")
        shop.wipe_store()
        assert [user.check().lost for user in users] == [True] * 5


def test_a_wiped_store_serves_on_and_every_cart_is_gone(shop):
    users = fill(shop)
    shop.wipe_store()
    answers = [user.check() for user in users]
    assert [(answer.status, answer.lost) for answer in answers] == [(200, True), (200, True)]
    with shop.fault("store_wipe"):
        assert shop.holdings() == ()


def test_a_silent_store_is_waited_for_a_bounded_time_and_health_stays_good(shop):
    (mine, _) = fill(shop)
    names = [backend.name for backend in shop.backends]
    with shop.fault("partition", *names):
        began_s = time.monotonic()
        assert mine.check().status == 503
        assert time.monotonic() - began_s < 5
        assert [backend.status for backend in shop.backends] == ["up", "up"]
    assert mine.check().lost is False


def test_a_slow_store_slows_every_command(shop):
    users = fill(shop)
    with shop.fault("store_slow", delay_s=0.1) as fault:
        during = [user.check() for user in users]
    assert all(answer.duration_s >= 0.1 for answer in during)
    assert fault.touched == during
    assert all(user.check().duration_s < 0.1 for user in users)


def test_round_trips_and_bytes_are_counted_for_each_instance(shop):
    (user,) = shop.add_users(1)
    user.add("apples")
    # Now both instances are connected.
    user.check()
    before = shop.store_traffic()
    user.check()
    user.check()
    after = shop.store_traffic()
    grown = {name: after.instances[name] - before.instances[name] for name in ("a", "b")}
    assert [each.round_trips for each in grown.values()] == [1, 1]
    assert all(each.bytes_up > 32 < each.bytes_down for each in grown.values())
    assert str(after).splitlines()[0] == f"{shop.store.kind}: {after.total}"


def test_a_versioned_write_costs_no_round_trip_more_in_redis_and_one_in_memcached(shop):
    state = shop.layout.services[0].state
    grown = {}
    for versioned in (False, True):
        with Cluster("cart", instances=1, state=state, versioned=versioned) as other:
            (user,) = other.add_users(1)
            user.add("apples")
            before = other.store_traffic().total
            user.add("bread")
            grown[versioned] = (other.store_traffic().total - before).round_trips
    assert grown == {False: 2, True: {"redis": 2, "memcached": 3}[state]}


def test_where_there_is_no_store_there_is_no_traffic_and_nothing_to_break():
    with Cluster("cart", instances=1) as shop:
        assert (shop.store, shop.store_traffic()) == (None, None)
        with pytest.raises(FaultError, match=r'^store_wipe: state "memory" has no store'):
            shop.wipe_store()


def test_the_diary_names_the_store_in_use(shop):
    assert sentences(shop, "start") == [f"cart: 2 instances at {shop.url}. The store is {shop.store.kind}."]


def test_crashes_and_restarts_leave_no_descriptor(shop):
    shop.crash_store()
    shop.restart_store()
    before = psutil.Process().num_fds()
    for _ in range(10):
        shop.crash_store()
        shop.restart_store()
    until(lambda: psutil.Process().num_fds() <= before)


def _several_checks_pass(shop: Cluster) -> None:
    backends = list(shop._pools["cart"].upstream.backends.values())
    before = [backend.successes for backend in backends]
    until(lambda: all(backend.successes > seen + 3 for backend, seen in zip(backends, before, strict=True)))
