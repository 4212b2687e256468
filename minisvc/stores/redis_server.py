"""A Redis to keep sessions in: a given address, else `redis-server` on PATH, else an imitation.

The imitation is fakeredis's server, which speaks the protocol on a real socket inside this process; it
behaves well enough for the lessons, and `Store.kind` always says which one is in use.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit, urlunsplit

import redis
from fakeredis import TcpFakeServer

from minisvc.errors import StoreUnavailable
from minisvc.guarded import Guarded

READY_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Store:
    """A running store: what it is, where it listens, and how to stop it.

    Attributes:
        kind: for people, such as "redis-server 7.0.15" or "fakeredis (imitation)".
        url: its address, with any password; use `shown_url` where people read it.
        close: stops it if the lab started it, without a chance to save anything; safe to call twice.
        again: after `close`, starts an empty one of the same kind on the same port; None for a given store, which
            is not the lab's to kill.
    """

    kind: str
    url: str
    close: Callable[[], object]
    again: Callable[[], Store] | None = None

    @property
    def shown_url(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        if parts.password is None:
            return self.url
        place = f"***@{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        return urlunsplit(parts._replace(netloc=place))


def open_store(url: str | None = None) -> Store:
    """The store at `url`, or one started here (None).

    Raises:
        StoreUnavailable: nothing answers at `url`, or the server that was started does not get ready.
    """
    if url is not None:
        return _given(url)
    program = shutil.which("redis-server")
    return _started(program) if program else _imitation()


def _given(url: str) -> Store:
    store = Store("Redis", url, lambda: None)
    try:
        with redis.Redis.from_url(url, protocol=2, socket_connect_timeout=2, socket_timeout=2) as asked:
            version = _version(asked)
    except (redis.RedisError, OSError, ValueError) as error:
        raise StoreUnavailable(
            store.shown_url, str(error), "Check the address, or leave it out to use an embedded store."
        ) from error
    return Store(f"Redis{version} (given)", url, store.close)


def _started(program: str, port: int | None = None) -> Store:
    port = port or _free_port()
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    # It has nothing to save, and an orderly end takes it a tenth of a second.
    guard = Guarded(command, last="KILL")
    url = f"redis://127.0.0.1:{port}/0"
    try:
        version = _wait_ready(url)
    except BaseException:
        guard.close()
        raise
    return Store(f"redis-server{version}", url, guard.close, partial(_started, program, port))


def _wait_ready(url: str) -> str:
    deadline = time.monotonic() + READY_WITHIN_S
    client = redis.Redis.from_url(url, protocol=2, socket_timeout=READY_WITHIN_S)
    with client:
        while True:
            try:
                return _version(client)
            except redis.ConnectionError as error:
                if time.monotonic() > deadline:
                    raise StoreUnavailable(
                        "redis-server", str(error), "Try it by hand: redis-server --port 0"
                    ) from error
                time.sleep(0.001)


def _version(client: redis.Redis) -> str:
    """ " 7.0.15", or "" where a server keeps it to itself (some hosted ones forbid INFO)."""
    client.ping()
    try:
        return f" {client.info('server')['redis_version']}"
    except redis.ResponseError:
        return ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _imitation(at_port: int = 0) -> Store:
    server = TcpFakeServer(("127.0.0.1", at_port), server_type="redis")
    server.daemon_threads = True
    # No joining of connection threads at close: an idle client must not keep the lab from ending.
    server.block_on_close = False
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="fakeredis", daemon=True
    )
    thread.start()
    close = weakref.finalize(server, _stop_imitation, server.shutdown, server.server_close, thread)
    host, port = server.server_address[:2]
    return Store("fakeredis (imitation)", f"redis://{host!s}:{port}/0", close, partial(_imitation, port))


def _stop_imitation(shutdown: Callable[[], None], close: Callable[[], None], thread: threading.Thread) -> None:
    shutdown()
    close()
    thread.join()
