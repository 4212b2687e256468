"""A store that is away: what is told, how long one waits, and what is there when it is back."""

import time
from importlib import import_module

import pytest
import redis
from pymemcache.client.base import Client

from minisvc.errors import FaultError
from minisvc.fence import Fence
from minisvc.keyvalue import ABSENT, StoreDown
from minisvc.stores.link import Disturbance, Links, can_link
from minisvc.stores.memcached_server import place


def test_a_store_that_is_down_is_told_whatever_is_asked(served):
    values = served.connect()
    values.put("k", b"v")
    served.store.crash()
    for ask in (
        lambda: values.get("k"),
        lambda: values.put("k", b"w"),
        lambda: values.put("k", b"w", version=ABSENT),
        lambda: values.delete("k"),
        lambda: list(values.keys()),
    ):
        with pytest.raises(StoreDown) as caught:
            ask()
        told = str(caught.value)
        assert told.startswith(f"The store ({values.kind}) cannot be used: ")
        assert told.endswith("Look whether it runs and is reachable.")
        assert caught.value.reason


def test_what_is_durable_is_there_after_a_crash_and_all_else_is_gone(served):
    values, store = served.connect(), served.store
    version = values.put("k", b"v")
    values.put("ends", b"v", ttl_s=3600)
    url = store.url
    store.crash()
    store.restart()
    assert (store.url, store.durable) == (url, served.row.durable)
    found = values.get("k")
    assert (found and (found.value, found.version)) == ((b"v", version) if store.durable else None)
    assert (values.get("ends") is not None) == store.durable


def test_connections_that_the_crash_ended_fail_nobody_afterwards(served):
    values = served.connect()
    values.put("k", b"v")
    served.store.crash()
    served.store.restart()
    assert values.put("k", b"w", version=values.get("k").version if served.store.durable else ABSENT)


def test_a_wiped_store_is_empty_and_stays_up(served):
    values = served.connect()
    values.put("k", b"v")
    served.store.wipe()
    assert values.get("k") is None
    assert list(values.keys()) == []
    values.put("k", b"w")
    assert values.get("k").value == b"w"


def test_commands_that_make_no_sense_are_told(served):
    store = served.store
    with pytest.raises(FaultError, match=r"^store_restart: the store runs; crash it first"):
        store.restart()
    store.crash()
    with pytest.raises(FaultError, match=r"^store_crash: the store is down already; restart it first"):
        store.crash()
    with pytest.raises(FaultError, match=r"^store_wipe: the store is down; restart it first"):
        store.wipe()


def test_a_given_store_is_reached_and_neither_killed_nor_emptied(served):
    values = served.connect()
    values.put("k", b"v")
    if served.row.library:
        pytest.skip("it is no server that somebody could give")
    given = served.row.opens(served.store.url)
    assert (given.given, given.running) == (True, True)
    assert given.kind.endswith("(given)")
    for command, verb in (("crash", "kill"), ("restart", "start"), ("wipe", "empty")):
        with pytest.raises(
            FaultError, match=f"^store_{command}: .* was given, so it is not the lab's to {verb}. Leave"
        ):
            getattr(given, command)()
    given.close()
    assert values.get("k").value == b"v"


def test_an_imitation_says_so_and_claims_no_durability(served):
    imitated = served.row.imitation
    assert (served.store.embedded, "(imitation)" in served.store.kind) == (imitated or served.row.library, imitated)
    assert served.store.durable in ({False} if imitated else {served.row.durable})


def test_behind_a_closed_fence_nothing_is_written_any_more(served):
    fence = Fence("a")
    mine, other = served.beside(fence=fence), served.connect()
    mine.put("k", b"before")
    fence.close()
    for _ in range(2):
        with pytest.raises(StoreDown):
            mine.put("k", b"after")
    assert other.get("k").value == b"before"


def test_a_silent_store_is_waited_for_a_bounded_time(served, monkeypatch):
    if not can_link(served.store.url):
        pytest.skip("there is no link to it that could swallow what is said")
    monkeypatch.setattr(import_module(f"minisvc.keyvalue.{served.row.module}"), "TIMEOUT_S", 0.2)
    links = Links(served.store.url)
    try:
        values = served.beside(url=links.address("a"))
        values.put("k", b"v")
        links.disturb("a", "hole", Disturbance(mode="blackhole"))
        for ask in (lambda: values.get("k"), lambda: values.put("k", b"w")):
            began_s = time.monotonic()
            with pytest.raises(StoreDown):
                ask()
            # libpq does not give up connecting in less than two.
            assert 0.15 < time.monotonic() - began_s < 3.0
        links.calm("a", "hole")
        assert values.get("k"), "it is usable again at once"
    finally:
        links.close()


@pytest.mark.parametrize("foreign", [b"", b"x", b"not ours at all, and longer than any head of ours"])
def test_what_others_keep_under_our_keys_harms_nobody(served, foreign):
    _put_as_somebody_else(served.store.url, "test:k", foreign)
    values = served.connect()
    values.get("k")
    list(values.keys())
    assert values.put("k", b"ours")
    assert values.get("k").value == b"ours"


def _put_as_somebody_else(url: str, key: str, value: bytes) -> None:
    if url.startswith("redis:"):
        with redis.Redis.from_url(url, protocol=2) as asked:
            asked.set(key, value)
    elif url.startswith("memcached:"):
        asked = Client(place(url))
        asked.set(key, value, noreply=False)
        asked.close()
    else:
        pytest.skip("a table of ours has rows of ours only")
