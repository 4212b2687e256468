"""Keys and values in memcached, by pymemcache: sixteen bytes stand before each value, its version and its end.

A write has a version of ours, for a plain `set` does not tell memcached's own ("cas unique"); where a version is asked
for, that one is read first, so that a versioned write takes two round trips. memcached counts in whole seconds and may
be up to one early, so it is told to keep a value a little longer, and the end that stands before the value decides.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import select
import struct
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from pymemcache.client.base import Client
from pymemcache.exceptions import (
    MemcacheError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
    MemcacheUnknownError,
)
from pymemcache.pool import ObjectPool

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keyvalue.contract import ABSENT, ANY, TIMEOUT_S, Entry, KeyValue, StoreDown, TooLarge
from minisvc.stores.memcached_items import RELATIVE_S
from minisvc.stores.memcached_server import place

OURS = 0x5357
"""The flags of our values; what has others is somebody else's, and as good as absent."""
HEAD = struct.Struct(">8sd")
LONGEST_KEY = 250
MANY = 100
"""Keys asked for at once."""
LEAST_WAIT_S = 0.005
PIECE_BYTES = 1 << 16


class MemcachedKeyValue(KeyValue):
    """At most 1 MB a value, less a little for the key and memcached's own use."""

    kind = "memcached"
    most_bytes = 1024 * 1024 - 512

    def __init__(self, pool: ObjectPool[Client], prefix: str, clock: Clock = wall) -> None:
        self._pool, self._prefix, self._clock = pool, prefix, clock

    def get(self, key: str) -> Entry | None:
        """`gets`."""
        with self._client() as client:
            return self._read(client, key)[0]

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """`set`; `gets` and then `cas` or `add` where a version is asked for."""
        self.check_size(value)
        fresh = secrets.token_bytes(8)
        expires_at = math.inf if ttl_s is None else self._clock() + ttl_s
        whole, ttl = HEAD.pack(fresh, expires_at) + value, _whole_seconds(ttl_s)
        with self._client() as client, self._told_size(value):
            if version == ANY:
                client.set(self._place(key), whole, ttl, noreply=False, flags=OURS)
                return fresh.hex()
            present, unique = self._read(client, key)
            if (present.version if present else ABSENT) != version:
                return None
            if unique is None:
                done = client.add(self._place(key), whole, ttl, noreply=False, flags=OURS)
            else:
                done = client.cas(self._place(key), whole, unique, ttl, noreply=False, flags=OURS)
        return fresh.hex() if done else None

    def delete(self, key: str) -> bool:
        """`delete`, after a look whether it is still alive."""
        with self._client() as client:
            alive = self._read(client, key)[0] is not None
            return bool(client.delete(self._place(key), noreply=False)) and alive

    def keys(self) -> Iterator[str]:
        """`lru_crawler metadump`, then `get` for a hundred at a time, since that lists what has ended as well."""
        with self._client() as client:
            found = [key for key in client.listed() if key.startswith(self._prefix.encode())]
            alive = []
            for first in range(0, len(found), MANY):
                entries = client.get_many(found[first : first + MANY])
                alive += [key for key, whole in entries.items() if self._entry(whole)]
        return (key.decode().removeprefix(self._prefix) for key in alive)

    def close(self) -> None:
        """Close the pool's connections."""
        self._pool.clear()

    def _read(self, client: Client, key: str) -> tuple[Entry | None, bytes | None]:
        """The living entry, and memcached's own version of what is there, living or not; None if nothing is."""
        whole, unique = client.gets(self._place(key))
        return self._entry(whole), unique

    def _entry(self, whole: bytes | None) -> Entry | None:
        if whole is None or len(whole) < HEAD.size:
            return None
        version, expires_at = HEAD.unpack_from(whole)
        return Entry(whole[HEAD.size :], version.hex()) if self._clock() < expires_at else None

    def _place(self, key: str) -> bytes:
        place = f"{self._prefix}{key}".encode()
        if len(place) > LONGEST_KEY:
            raise TooLarge("a key of memcached", len(place), LONGEST_KEY)
        return place

    @contextlib.contextmanager
    def _client(self) -> Iterator[Client]:
        """A connection of the pool. One that failed is not used again, for its answers may still come."""
        try:
            with self._pool.get_and_release(destroy_on_fail=True) as client:
                client.drop_if_ended()
                yield client
        except (MemcacheError, OSError) as error:
            # OSError: also the fence of a crashed instance.
            raise StoreDown(self.kind, str(error) or type(error).__name__) from error

    @contextlib.contextmanager
    def _told_size(self, value: bytes) -> Iterator[None]:
        try:
            yield
        except MemcacheServerError as error:
            # A given server may take less than most do.
            if "too large" not in str(error):
                raise
            raise TooLarge(self.kind, len(value), self.most_bytes) from error


class FencedClient(Client):  # type: ignore[misc]  # pymemcache has no types
    """A client whose connection goes through the instance's fence (None: through none)."""

    def __init__(self, server: tuple[str, int], fence: Fence | None) -> None:
        super().__init__(
            server,
            serde=_Serde(),
            connect_timeout=TIMEOUT_S,
            timeout=TIMEOUT_S,
            no_delay=True,
            allow_unicode_keys=True,
        )
        self._fence = fence

    def drop_if_ended(self) -> None:
        """Let go of a connection that the store has closed, or on which something unasked for has come.

        Nothing was sent yet, so a new connection is safe, where sending again after a failure would not be.
        """
        if self.sock is not None:
            waiting = select.poll()
            waiting.register(self.sock, select.POLLIN)
            if waiting.poll(0):
                self.close()

    def listed(self) -> list[bytes]:
        """Every key that memcached has, living or not; waits while another list is made.

        Raises:
            MemcacheUnknownError: it makes no list.
        """
        until_s = time.monotonic() + TIMEOUT_S
        while True:
            said = self._dump()
            if said.endswith(b"END\r\n"):
                return [_key(line) for line in said.splitlines() if line.startswith(b"key=")]
            if not said.startswith(b"BUSY") or time.monotonic() > until_s:
                raise MemcacheUnknownError(said[:80])
            time.sleep(LEAST_WAIT_S)

    def _dump(self) -> bytes:
        # Not by `raw_command`, which forgets all but the last piece of a long answer (pymemcache 4.0). The lines end in
        # a bare newline, so that the first whole end of line is the list's.
        if self.sock is None:
            self._connect()
        self.sock.sendall(b"lru_crawler metadump hash\r\n")
        said = bytearray()
        while not said.endswith(b"\r\n"):
            piece = self.sock.recv(PIECE_BYTES)
            if not piece:
                raise MemcacheUnexpectedCloseError
            said += piece
        return bytes(said)

    def _connect(self) -> None:
        super()._connect()
        if self._fence:
            self._fence.admit(self.sock)


class _Serde:
    """Bytes as they are; None for what others keep under our keys."""

    def serialize(self, key: bytes, value: bytes) -> tuple[bytes, int]:
        """pymemcache: value and flags."""
        return value, OURS

    def deserialize(self, key: bytes, value: bytes, flags: int) -> bytes | None:
        """pymemcache: the value."""
        return value if flags == OURS else None


def connect(url: str, prefix: str, fence: Fence | None, clock: Clock = wall) -> MemcachedKeyValue:
    """A pool of connections that is filled as it is used; values end by `clock`."""
    server = place(url)
    pool: ObjectPool[Any] = ObjectPool(lambda: FencedClient(server, fence), after_remove=FencedClient.close)
    return MemcachedKeyValue(pool, prefix, clock)


def _whole_seconds(ttl_s: float | None) -> int:
    """A time to live as memcached reads it, a little longer; 0 is for ever."""
    if ttl_s is None:
        return 0
    longer = math.ceil(ttl_s) + 1
    return longer if longer <= RELATIVE_S else math.ceil(time.time()) + longer


def _key(line: bytes) -> bytes:
    return unquote_to_bytes(line.partition(b" ")[0].removeprefix(b"key="))
