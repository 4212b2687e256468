import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from minisvc.errors import StoreUnavailable
from minisvc.keeping import Keeping
from minisvc.keyvalue import StoreDown, connect
from minisvc.stores import program
from minisvc.stores.redis_server import GivenRedis, open_store
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


def test_a_durable_imitation_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreUnavailable) as caught:
        open_store(None, Keeping(durable=True))
    told = str(caught.value)
    assert "durable is asked for, redis-server is not on PATH, and an imitation keeps nothing on disk" in told
    assert told.endswith("Install redis-server, give a store_url, or leave durable out.")


@needs_redis
def test_a_durable_server_writes_before_it_answers_and_leaves_no_folder_behind():
    store = open_store(None, Keeping(durable=True))
    try:
        folder = Path(store.folder)
        with client(store) as asked:
            asked.set("k", "v")
            assert any(folder.rglob("*.aof")), "nothing was written"
            store.crash()
            store.restart()
            assert asked.get("k") == b"v"
        assert open_store(store.url).durable is True
    finally:
        store.close()
    assert not folder.exists()


@needs_redis
def test_a_full_server_refuses_writes_in_its_own_words_and_forgets_nothing():
    store = open_store(None, Keeping(memory_mb=3))
    try:
        values = connect(store.url, "test:")
        refused = "cannot be used: command not allowed when used memory > 'maxmemory'.\n"
        with pytest.raises(StoreDown, match=refused):
            list(map(values.put, map(str, range(1000)), [b"x" * 50_000] * 1000))
        assert values.get("0").value == b"x" * 50_000
        values.close()
    finally:
        store.close()


@needs_redis
def test_a_server_that_does_not_get_ready_is_told_with_its_last_words(monkeypatch, tmp_path):
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\necho Bad directive in line 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "READY_WITHIN_S", 0.2)
    with pytest.raises(StoreUnavailable) as caught:
        open_store()
    told = str(caught.value)
    assert "The store redis-server is not available: not ready after 0.2 s: Bad directive in line 7." in told
    assert f"Try it by hand: {broken} --bind 127.0.0.1 --port " in told


def test_what_it_shows_of_itself_holds_no_password():
    store = GivenRedis("redis://me:hidden@db:6379/0")
    assert repr(store) == "<Redis (given) at redis://***@db:6379/0, down>"
