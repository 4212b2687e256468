import os
import shutil
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import redis

from minisvc.errors import StoreUnavailable
from minisvc.stores.redis_server import open_store
from minisvc.stores.store import Store

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")


def client(store: Store) -> redis.Redis:
    return redis.Redis.from_url(store.url, protocol=2, socket_timeout=5)


@pytest.fixture(params=["imitation", pytest.param("server", marks=needs_redis)])
def store(request, monkeypatch):
    if request.param == "imitation":
        monkeypatch.setenv("PATH", "")
    store = open_store()
    yield store
    store.close()


def test_it_keeps_values_and_lets_them_expire(store):
    with client(store) as asked:
        asked.set("k", "v", ex=100)
        assert asked.get("k") == b"v"
        assert 0 < asked.ttl("k") <= 100


def test_it_says_which_kind_it_is_and_listens_on_loopback(store):
    assert store.kind.startswith(("redis-server ", "fakeredis (imitation)"))
    assert urlsplit(store.url).hostname == "127.0.0.1"


def test_closing_it_frees_the_port_and_may_be_repeated(store):
    store.close()
    store.close()
    with client(store) as asked, pytest.raises(redis.ConnectionError):
        asked.ping()


def test_a_given_address_is_used_and_left_running(store):
    given = open_store(store.url)
    assert given.kind.endswith("(given)")
    given.close()
    with client(store) as asked:
        assert asked.ping()


def test_a_dead_address_is_named_with_what_to_do():
    with pytest.raises(StoreUnavailable) as caught:
        open_store("redis://:hidden@127.0.0.1:1/0")
    told = str(caught.value)
    assert told.startswith("The store redis://***@127.0.0.1:1/0 is not available: ")
    assert told.endswith("Check the address, or leave it out to use an embedded store.")
    assert "hidden" not in told


@needs_redis
def test_the_server_does_not_outlive_a_killed_process():
    code = (
        "import sys; from minisvc.stores.redis_server import open_store\n"
        "store = open_store(); print(store.url, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        url = owner.stdout.readline().strip()
        with redis.Redis.from_url(url, protocol=2) as asked:
            assert asked.ping()
            waiting = asked.pubsub()
            waiting.subscribe("until the end")
            waiting.get_message(timeout=5)
            os.kill(owner.pid, signal.SIGKILL)
            # The subscription ends when the server does: no polling.
            with pytest.raises(redis.ConnectionError):
                _listen_until_it_ends(waiting)


def _listen_until_it_ends(subscription: redis.client.PubSub) -> None:
    while True:
        subscription.get_message(timeout=10)


def test_a_killed_store_comes_back_empty_on_its_port(store):
    with client(store) as asked:
        asked.set("k", "v")
        url, kind = store.url, store.kind
        store.crash()
        with pytest.raises(redis.ConnectionError):
            asked.ping()
        store.restart()
        assert (store.url, store.kind, store.durable) == (url, kind, False)
        assert asked.get("k") is None
