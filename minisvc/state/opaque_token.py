"""The cookie carries an opaque token, and what it means is asked of a registry in a store.

Other than a session id, a token is a bearer's right: the registry keeps its hash only, so who reads the store cannot
come in. An instance may believe an answer for `Keeping.cache_s`, and until then a token that was revoked elsewhere is
still good there, and what another instance wrote is not seen. With a cache, bind clients by affinity, or let
`versioned` refuse what is based on an old answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from flask import Flask

from minisvc.clock import Clock
from minisvc.fence import Fence
from minisvc.keyvalue import ANY, Entry, KeyValue
from minisvc.state.mechanism import Held, Probe, Terms, nothing
from minisvc.state.redis import Redis
from minisvc.state.sessions import Sessions
from minisvc.tokens import Beliefs, fingerprint


class Introspected(KeyValue):
    """What tokens mean, by their hashes, and believed for a while.

    Args:
        registry: where it is asked.
        cache_s: how long an answer is believed; 0 asks each time. That there is none is never believed.
    """

    kind = "token registry"

    def __init__(self, registry: KeyValue, cache_s: float, clock: Clock) -> None:
        self._registry, self._beliefs = registry, Beliefs[Entry](cache_s, clock)

    def get(self, key: str) -> Entry | None:
        """The answer of a moment ago, or a fresh one."""
        hashed = fingerprint(key)
        entry = self._beliefs.get(hashed)
        if entry is None:
            entry = self._registry.get(hashed)
            self._beliefs.learn(hashed, entry)
        return entry

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """Through to the registry; this instance knows at once, others when they ask again."""
        hashed = fingerprint(key)
        written = self._registry.put(hashed, value, ttl_s=ttl_s, version=version)
        self._beliefs.learn(hashed, None if written is None else Entry(value, written))
        return written

    def delete(self, key: str) -> bool:
        """Revoke it; this instance knows at once."""
        hashed = fingerprint(key)
        self._beliefs.learn(hashed, None)
        return self._registry.delete(hashed)

    def keys(self) -> Iterator[str]:
        """The hashes of live tokens."""
        return self._registry.keys()


class OpaqueToken(Redis):
    """The registry is kept in the store of `redis`."""

    name = "opaque_token"

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Point the instance at the registry."""
        Redis.furnish(terms, app, fence)
        registry = Introspected(app.extensions["keyvalue"], terms.keeping.cache_s, terms.clock)
        app.session_interface = Sessions(app, registry, terms.keeping, terms.clock)
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the registry, with their tokens where a client presents them: it has hashes only."""
        presented = {fingerprint(cookie): cookie for cookie in cookies}
        return [replace(each, cookie=presented.get(each.cookie, each.cookie)) for each in super().held()]
