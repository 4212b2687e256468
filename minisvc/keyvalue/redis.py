"""Keys and values in Redis, by redis-py: a version of eight random bytes stands before each value."""

from __future__ import annotations

import contextlib
import re
import secrets
import socket
from collections.abc import Iterator
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from minisvc.fence import Fence
from minisvc.keyvalue.contract import ABSENT, ANY, TIMEOUT_S, Entry, KeyValue, StoreDown

VERSION_BYTES = 8
PUT_IF = """
local present = redis.call('GETRANGE', KEYS[1], 0, 7)
if present ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
"""Compare and set: a script runs alone (Redis documentation, "Scripting with Lua: atomicity")."""


class RedisKeyValue(KeyValue):
    """One round trip an operation."""

    kind = "redis"

    def __init__(self, client: redis.Redis, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def get(self, key: str) -> Entry | None:
        """GET."""
        with _told():
            found: Any = self._client.get(self._prefix + key)
        return None if found is None else Entry(found[VERSION_BYTES:], found[:VERSION_BYTES].hex())

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """SET, or the script where a version is asked for."""
        fresh = secrets.token_bytes(VERSION_BYTES)
        ttl_ms = None if ttl_s is None else max(1, round(ttl_s * 1000))
        with _told():
            if version == ANY:
                self._client.set(self._prefix + key, fresh + value, px=ttl_ms)
                return fresh.hex()
            wanted = b"" if version == ABSENT else bytes.fromhex(version)
            # Whole each time: a store that was restarted has forgotten what it was sent, and a round trip counts more.
            done: Any = self._client.eval(PUT_IF, 1, self._prefix + key, wanted, fresh + value, ttl_ms or "")
        return fresh.hex() if done else None

    def delete(self, key: str) -> bool:
        """DEL."""
        with _told():
            return bool(self._client.delete(self._prefix + key))

    def keys(self) -> Iterator[str]:
        """SCAN."""
        with _told():
            for key in self._client.scan_iter(f"{_literal(self._prefix)}*", count=1000):
                yield key.decode().removeprefix(self._prefix)

    def close(self) -> None:
        """Close the pool's connections."""
        self._client.close()


def connect(url: str, prefix: str, fence: Fence | None) -> RedisKeyValue:
    """A pool of connections that is filled as it is used."""
    plain = redis.ConnectionPool.from_url(url)
    pool = redis.ConnectionPool.from_url(
        url,
        connection_class=_fenced(plain, fence) if fence else plain.connection_class,
        protocol=2,
        socket_connect_timeout=TIMEOUT_S,
        socket_timeout=TIMEOUT_S,
        # None: an idle connection that the store has closed is found out before it is used, and a write that may have
        # been done must not be done again.
        retry=Retry(NoBackoff(), 0),
    )
    return RedisKeyValue(redis.Redis(connection_pool=pool), prefix)


def _literal(text: str) -> str:
    """A pattern that finds nothing but `text`."""
    return re.sub(r"([*?\[\]\\^-])", r"\\\1", text)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OSError) as error:
        # OSError: the fence of a crashed instance.
        raise StoreDown("redis", error) from error


def _fenced(pool: redis.ConnectionPool, fence: Fence) -> type[redis.connection.AbstractConnection]:
    """The connection class that the address asks for (TCP, TLS, Unix), behind the instance's fence."""
    base: Any = pool.connection_class

    class FencedConnection(base):  # type: ignore[misc]  # the base is chosen by the address
        def _connect(self) -> socket.socket:
            link: socket.socket = super()._connect()
            fence.admit(link)
            return link

    return FencedConnection
