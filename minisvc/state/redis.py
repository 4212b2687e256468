"""Sessions in Redis, shared by all instances: Flask-Session with redis-py, as Flask users do it."""

from __future__ import annotations

import socket
from collections.abc import Collection
from typing import Any

import redis
from flask import Flask
from flask_session.base import MsgSpecSerializer
from flask_session.redis.redis import RedisSessionInterface
from redis.backoff import NoBackoff
from redis.retry import Retry

from minisvc.fence import Fence
from minisvc.state.mechanism import Cookie, Held, Mechanism, Probe, Terms, nothing
from minisvc.stores.link import Links, can_link
from minisvc.stores.redis_server import Store, open_store


class Redis(Mechanism):
    """One store for all instances; each instance has its own connections, cut when it crashes."""

    name = "redis"

    def __init__(self, store_url: str | None = None, cookie: Cookie | None = None) -> None:
        super().__init__(cookie)
        self._prefix = _prefix(self.cookie)
        self.store: Store = open_store(store_url)
        self.links = Links(self.store.url) if can_link(self.store.url) else None
        # Who looks must not wait long for a store that is gone.
        self._reader = redis.Redis.from_url(
            self.store.url, protocol=2, socket_timeout=2.0, socket_connect_timeout=2.0, retry=Retry(NoBackoff(), 1)
        )
        self._decode = MsgSpecSerializer(Flask(__name__), "msgpack").decode

    def terms(self, instance: str) -> Terms:
        """The cookie, and the store's address by that instance's own link."""
        return Terms(self.name, self.cookie, store_url=self.links.address(instance) if self.links else self.store.url)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Point the instance at the store, through its fence."""
        assert terms.store_url is not None
        pool = redis.ConnectionPool.from_url(
            terms.store_url,
            connection_class=_fenced(redis.ConnectionPool.from_url(terms.store_url), fence),
            protocol=2,
            socket_connect_timeout=2.0,
            socket_timeout=5.0,
            # One new try at once: enough for a connection that the store closed while it was idle.
            retry=Retry(NoBackoff(), 1),
        )
        app.session_interface = RedisSessionInterface(
            app, redis.Redis(connection_pool=pool), key_prefix=_prefix(terms.cookie), permanent=False
        )
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the store; none while it cannot be asked."""
        try:
            keys = list(self._reader.scan_iter(f"{self._prefix}*", count=1000))
            values = self._reader.mget(keys) if keys else []
        except (redis.ConnectionError, redis.TimeoutError):
            return []
        pairs = zip(keys, values, strict=True)
        return [
            Held("store", key.decode().removeprefix(self._prefix), self._decode(value))
            for key, value in pairs
            if value is not None
        ]

    def close(self) -> None:
        """Let go of the store, and stop it if the lab started it."""
        self._reader.close()
        if self.links:
            self.links.close()
        self.store.close()


def _prefix(cookie: Cookie) -> str:
    return f"{cookie.name}:"


def _fenced(pool: redis.ConnectionPool, fence: Fence) -> type[redis.connection.AbstractConnection]:
    """The connection class that the address asks for (TCP, TLS, Unix), behind the instance's fence."""
    base: Any = pool.connection_class

    class FencedConnection(base):  # type: ignore[misc]  # the base is chosen by the address
        def _connect(self) -> socket.socket:
            link: socket.socket = super()._connect()
            fence.admit(link)
            return link

    return FencedConnection
