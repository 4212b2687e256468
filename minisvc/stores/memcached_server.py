"""A memcached to keep sessions in: a given address, else `memcached` on PATH, else an imitation.

memcached holds everything in memory: it is never durable, evicts the longest unused when that memory is full, and a
crash empties it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from urllib.parse import urlsplit

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

from minisvc.clock import Clock, wall
from minisvc.errors import StoreUnavailable
from minisvc.keeping import Keeping
from minisvc.kept_port import KeptPort
from minisvc.sockets import LOOPBACK, reset_on_close
from minisvc.stores.link import PORTS
from minisvc.stores.memcached_items import Items
from minisvc.stores.memcached_talk import Talk
from minisvc.stores.program import NotYet, Program
from minisvc.stores.store import Given, Store

ANSWERS_WITHIN_S = 2.0
DEFAULT_MEMORY_MB = 64
"""memcached's own default (-m)."""


def open_store(url: str | None = None, keeping: Keeping | None = None) -> Store:
    """The store at `url`, or one started here (None), with the memory that `keeping` allows.

    `Keeping.durable` changes nothing: no memcached is.

    Raises:
        StoreUnavailable: nothing answers at `url`, or the server that was started does not get ready.
    """
    keeping = keeping or Keeping()
    if url is not None:
        return GivenMemcached(url).start()
    program = shutil.which("memcached")
    return (MemcachedServer(program, keeping) if program else ImitatedMemcached(keeping)).start()


class GivenMemcached(Given):
    """Somebody's memcached."""

    durable = False

    def __init__(self, url: str) -> None:
        super().__init__("memcached (given)", url)

    def _run(self) -> None:
        try:
            self.kind = f"memcached {_version(self.url)} (given)"
        except (MemcacheError, OSError, ValueError) as error:
            raise StoreUnavailable(
                self.shown_url, str(error), "Check the address, or leave it out to use an embedded store."
            ) from error


class MemcachedServer(Program):
    """`memcached`, on TCP and loopback alone."""

    program = "memcached"

    def __init__(self, path: str, keeping: Keeping) -> None:
        super().__init__()
        self._path, self._memory_mb = path, keeping.memory_mb or DEFAULT_MEMORY_MB
        self.kind, self.url = self.program, f"memcached://{LOOPBACK}:{self.port}"

    def _command(self) -> list[str]:
        command = [self._path, "-l", LOOPBACK, "-p", str(self.port), "-U", "0", "-m", str(self._memory_mb)]
        # It does not start where an item could take more than half of its memory.
        command += ["-I", "512k"] if self._memory_mb == 1 else []
        # It refuses to be root unless told whom to be instead.
        return [*command, "-u", "nobody"] if os.geteuid() == 0 else command

    def _greet(self) -> str:
        try:
            return _version(self.url)
        except (MemcacheError, OSError) as error:
            raise NotYet(str(error)) from error

    def _erase(self) -> None:
        _flush(self)


class ImitatedMemcached(Store):
    """A memcached of our own, in a thread of this process; `clock` says when its items end."""

    kind = "memcached (imitation)"
    embedded = True

    def __init__(self, keeping: Keeping, clock: Clock = wall) -> None:
        self._most_bytes, self._clock = (keeping.memory_mb or DEFAULT_MEMORY_MB) << 20, clock
        self._kept = KeptPort()
        self.port = self._kept.hold()
        self.url = f"memcached://{LOOPBACK}:{self.port}"

    def _run(self) -> None:
        items = Items(self._most_bytes, self._clock)
        self._clients: set[_Client] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="memcached", daemon=True)
        self._thread.start()
        serving = self._loop.create_server(lambda: _Client(items, self._clients), sock=self._kept.listen())
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()

    def _kill(self) -> None:
        asyncio.run_coroutine_threadsafe(self._die(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _die(self) -> None:
        self._server.close()
        for client in list(self._clients):
            client.reset()
        # A turn of the loop, in which transports say goodbye to their protocols.
        await asyncio.sleep(0)

    def _erase(self) -> None:
        _flush(self)


class _Client(asyncio.Protocol):
    """One connection of the imitation."""

    transport: asyncio.Transport

    def __init__(self, items: Items, clients: set[_Client]) -> None:
        self._talk, self._clients = Talk(items), clients

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._clients.add(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes."""
        self.transport.write(self._talk.heard(data))
        if self._talk.over:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: closed."""
        self._clients.discard(self)

    def reset(self) -> None:
        """End it as a killed process's connection ends."""
        reset_on_close(self.transport.get_extra_info("socket"))
        self.transport.abort()


def place(url: str) -> tuple[str, int]:
    """Host and port of memcached://host:port."""
    parts = urlsplit(url)
    return parts.hostname or LOOPBACK, parts.port or PORTS["memcached"]


def _version(url: str) -> str:
    client = _client(url)
    try:
        return str(client.version().decode())
    finally:
        client.close()


def _flush(store: Store) -> None:
    client = _client(store.url)
    try:
        client.flush_all(noreply=False)
    except (MemcacheError, OSError) as error:
        raise StoreUnavailable(store.shown_url, str(error), "Look whether it runs.") from error
    finally:
        client.close()


def _client(url: str) -> Client:
    return Client(place(url), connect_timeout=ANSWERS_WITHIN_S, timeout=ANSWERS_WITHIN_S)
