"""A link between one instance and the store: what it does to connections that are open, and to new ones."""

import shutil
import threading
import time

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from minisvc.stores.link import Disturbance, Links, can_link, through
from minisvc.stores.redis_server import open_store

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")


@pytest.fixture(params=["imitation", pytest.param("server", marks=needs_redis)])
def store(request, monkeypatch):
    if request.param == "imitation":
        monkeypatch.setenv("PATH", "")
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def links(store):
    links = Links(store.url)
    yield links
    links.close()


def client(url: str, timeout_s: float = 5.0) -> redis.Redis:
    """One that gives up at its first failure."""
    return redis.Redis.from_url(url, protocol=2, socket_timeout=timeout_s, retry=Retry(NoBackoff(), 0))


def test_an_undisturbed_link_carries_commands_and_large_values_both_ways(links, store):
    # The imitation gives up on an answer that its reader does not take at once.
    size = 50_000 if "imitation" in store.kind else 8_000_000
    with client(links.address("a")) as asked:
        asked.set("small", "v")
        asked.set("large", b"x" * size)
        assert asked.get("small") == b"v"
        assert len(asked.get("large")) == size


def test_each_instance_has_a_link_of_its_own_and_keeps_it(links):
    assert links.address("a") == links.address("a") != links.address("b")


def test_a_delay_hits_one_instance_and_spares_another(links):
    links.disturb("a", "slow", Disturbance(delay_s=0.2))
    with client(links.address("a")) as slow, client(links.address("b")) as quick:
        assert duration_s(slow.ping) >= 0.2
        assert duration_s(quick.ping) < 0.2


def test_delays_of_several_faults_add_up_and_go_with_them(links):
    with client(links.address("a")) as asked:
        links.disturb("a", "one", Disturbance(delay_s=0.1))
        links.disturb("a", "two", Disturbance(delay_s=0.15))
        assert duration_s(asked.ping) >= 0.25
        links.calm("a", "one")
        assert 0.15 <= duration_s(asked.ping) < 0.25
        links.calm("a", "two")
        assert duration_s(asked.ping) < 0.1


def test_a_refusing_link_resets_open_connections_and_refuses_new_ones_on_the_same_port(links):
    address = links.address("a")
    with client(address) as asked:
        asked.ping()
        links.disturb("a", "cut", Disturbance(mode="refuse"))
        with pytest.raises(redis.ConnectionError):
            asked.ping()
        with pytest.raises(redis.ConnectionError, match="refused"):
            asked.ping()
        links.calm("a", "cut")
        assert asked.ping()
    assert links.address("a") == address


def test_a_resetting_link_takes_connections_and_resets_them(links):
    links.disturb("a", "cut", Disturbance(mode="reset"))
    with client(links.address("a")) as asked, pytest.raises(redis.ConnectionError):
        asked.ping()


def test_after_a_blackhole_heals_writes_whose_clients_timed_out_still_apply(links, store):
    with client(store.url) as beside, client(links.address("a"), timeout_s=0.1) as asked:
        asked.set("stock", 1)
        links.disturb("a", "hole", Disturbance(mode="blackhole"))
        with pytest.raises(redis.TimeoutError):
            asked.set("stock", 2)
        assert beside.get("stock") == b"1"
        applied = watch(beside, "stock", b"2")
        links.calm("a", "hole")
        assert applied.wait(5), "the write never arrived"


def test_a_connection_begun_in_a_blackhole_comes_through_when_it_heals(links, store):
    links.disturb("a", "hole", Disturbance(mode="blackhole"))
    with client(store.url) as beside, client(links.address("a"), timeout_s=0.1) as asked:
        with pytest.raises(redis.TimeoutError):
            asked.rpush("log", "late")
        links.calm("a", "hole")
        # redis-py speaks of itself first, so that what timed out was that, and the command was never sent.
        assert asked.rpush("log", "now") == 1
        assert beside.lrange("log", 0, -1) == [b"now"]


def test_a_store_that_is_gone_resets_what_comes(links, store):
    store.close()
    with client(links.address("a")) as asked, pytest.raises(redis.ConnectionError):
        asked.ping()


def test_only_plain_tcp_can_be_linked():
    assert [can_link(f"{scheme}://h:1/0") for scheme in ("redis", "rediss", "unix")] == [True, False, False]


def test_a_linked_address_keeps_user_password_and_database():
    assert through("redis://me:secret@db:6379/3", 1234) == "redis://me:secret@127.0.0.1:1234/3"


def duration_s(act) -> float:
    started_s = time.monotonic()
    act()
    return time.monotonic() - started_s


def watch(asked: redis.Redis, key: str, wanted: bytes) -> threading.Event:
    """Set when the key holds the value; blocking in the store's own wait, not by sleeping."""
    found = threading.Event()

    def look() -> None:
        until_s = time.monotonic() + 5
        while time.monotonic() < until_s:
            if asked.get(key) == wanted:
                found.set()
                return

    threading.Thread(target=look).start()
    return found
