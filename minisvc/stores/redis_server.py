"""A Redis to keep sessions in: a given address, else `redis-server` on PATH, else an imitation.

The imitation is fakeredis's server, which speaks the protocol on a real socket inside this process; it behaves well
enough for the lessons. It keeps nothing on disk, so it is refused where a durable store is asked for.
"""

from __future__ import annotations

import shutil
import threading
import weakref
from collections.abc import Callable
from functools import partial

import redis

from minisvc.errors import StoreUnavailable
from minisvc.keeping import Keeping
from minisvc.kept_port import KeptPort
from minisvc.sockets import LOOPBACK
from minisvc.stores.program import NotYet, Program
from minisvc.stores.store import Given, Store, without_password

ANSWERS_WITHIN_S = 2.0
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
"""Each write is on disk before it is confirmed (Redis documentation, "Redis persistence": fsync every time)."""
FORGETFUL = ("--appendonly", "no")


def open_store(url: str | None = None, keeping: Keeping | None = None) -> Store:
    """The store at `url`, or one started here (None), as durable and as large as `keeping` asks for.

    Raises:
        StoreUnavailable: nothing answers at `url`, the server that was started does not get ready, or a durable store
            is asked for where there is only an imitation.
    """
    keeping = keeping or Keeping()
    if url is not None:
        return GivenRedis(url).start()
    program = shutil.which("redis-server")
    if program:
        return RedisServer(program, keeping).start()
    if keeping.durable:
        why = "durable is asked for, redis-server is not on PATH, and an imitation keeps nothing on disk"
        raise StoreUnavailable("redis", why, "Install redis-server, give a store_url, or leave durable out.")
    return ImitatedRedis().start()


class GivenRedis(Given):
    """Somebody's Redis, which says by itself whether it is durable."""

    def __init__(self, url: str) -> None:
        super().__init__("Redis (given)", url)

    def _run(self) -> None:
        try:
            with _client(self.url) as asked:
                self.kind = " ".join(filter(None, ["Redis", _version(asked), "(given)"]))
                self.durable = _durable(asked)
        except (redis.RedisError, OSError, ValueError) as error:
            raise StoreUnavailable(
                without_password(self.url), str(error), "Check the address, or leave it out to use an embedded store."
            ) from error


class RedisServer(Program):
    """`redis-server`. Without `Keeping.durable` it keeps nothing on disk, and comes back empty after a crash."""

    program = "redis-server"

    def __init__(self, path: str, keeping: Keeping) -> None:
        super().__init__()
        self._path, self._memory_mb, self.durable = path, keeping.memory_mb, keeping.durable
        self.kind, self.url = self.program, f"redis://{LOOPBACK}:{self.port}/0"

    def _command(self) -> list[str]:
        command = [self._path, "--bind", LOOPBACK, "--port", str(self.port), "--save", ""]
        command += [*DURABLE, "--dir", self.folder] if self.durable else FORGETFUL
        # At its bound it refuses writes and evicts nothing, as is Redis's default.
        return [*command, "--maxmemory", f"{self._memory_mb}mb"] if self._memory_mb else command

    def _greet(self) -> str:
        try:
            with _client(self.url) as asked:
                return _version(asked)
        except redis.ConnectionError as error:
            # BusyLoadingError, while it reads what it had written, is one as well.
            raise NotYet(str(error)) from error

    def _erase(self) -> None:
        _flush(self.url)


class ImitatedRedis(Store):
    """fakeredis's server, in threads of this process."""

    kind = "fakeredis (imitation)"
    embedded = True

    def __init__(self) -> None:
        self._kept = KeptPort()
        self.port = self._kept.hold()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self._end: Callable[[], object] = lambda: None

    def _run(self) -> None:
        from fakeredis import TcpFakeServer  # noqa: PLC0415  # a fifth of a second, for the imitation alone

        server = TcpFakeServer((LOOPBACK, self.port), server_type="redis")
        server.daemon_threads = True
        # No joining of connection threads at close: an idle client must not keep the lab from ending.
        server.block_on_close = False
        serve = partial(server.serve_forever, poll_interval=0.02)
        thread = threading.Thread(target=serve, name="fakeredis", daemon=True)
        thread.start()
        self._end = weakref.finalize(self, _end, server.shutdown, server.server_close, thread)

    def _kill(self) -> None:
        self._end()

    def _erase(self) -> None:
        _flush(self.url)


def _client(url: str) -> redis.Redis:
    timeout_s = ANSWERS_WITHIN_S
    return redis.Redis.from_url(url, protocol=2, socket_connect_timeout=timeout_s, socket_timeout=timeout_s)


def _version(client: redis.Redis) -> str:
    """Such as "7.0.15", or "" where a server keeps it to itself (some hosted ones forbid INFO)."""
    client.ping()
    try:
        return str(client.info("server")["redis_version"])
    except redis.ResponseError:
        return ""


def _durable(client: redis.Redis) -> bool | None:
    """Whether it writes to disk before it confirms; None where it does not say. Asked last."""
    try:
        found = client.config_get("appendonly", "appendfsync")
    except (redis.ResponseError, redis.ConnectionError):
        # It has just answered: a server that forbids CONFIG may hang up on it, as the imitation does.
        return None
    return (found.get("appendonly"), found.get("appendfsync")) == ("yes", "always")


def _flush(url: str) -> None:
    try:
        with _client(url) as asked:
            asked.flushall()
    except redis.RedisError as error:
        raise StoreUnavailable(without_password(url), str(error), "Look whether it runs.") from error


def _end(shutdown: Callable[[], None], close: Callable[[], None], thread: threading.Thread) -> None:
    shutdown()
    close()
    thread.join()
