"""A cache of what is dear to make, over any `KeyValue`: local where that is memory, shared where it is a store.

Two habits, each of which can be had or left: one maker at a time (*single-flight*, so that an expired entry under
load is made once and not by every request that misses it), and *stale-while-revalidate* (RFC 5861, section 3): for a
while after it expired an entry still serves, while one request makes it anew after its own answer has left.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from minisvc.clock import Clock, wall
from minisvc.keyvalue import ABSENT, KeyValue, StoreDown

HIT, STALE, MISS, NONE = "hit", "stale", "miss", "none"
LEASE_S = 5.0
"""How long others wait for a maker in another instance: if it died, one of them makes it then."""
ASK_AGAIN_S = 0.005


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for.

    Attributes:
        value: anything that msgpack can hold.
        how: "hit", "stale", "miss" (it was made for this request) or "none" (there is no cache).
        age_s: since it was made.
        refresh: to be called once the answer has left; None where nothing is due.
    """

    value: Any
    how: str
    age_s: float = 0.0
    refresh: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How a cache is kept.

    Attributes:
        ttl_s: how long an entry is fresh.
        stale_s: how long it still serves after that while it is made anew; 0: not at all.
        single_flight: whether one maker at a time makes an entry; False lets every miss make it.
    """

    ttl_s: float = 5.0
    stale_s: float = 0.0
    single_flight: bool = True


class Cache:
    """Entries of one instance's app. Safe from any thread.

    Args:
        store: where entries are kept; None: nowhere, so that everything is made each time.
        habits: how.
        clock: of which all instances that share the store have the same time.
    """

    def __init__(self, store: KeyValue | None, habits: Habits, clock: Clock = wall) -> None:
        self._store, self._habits, self._clock = store, habits, clock
        self._locks: dict[str, threading.Lock] = {}
        self._pause = threading.Event()

    def fetch(self, key: str, make: Callable[[], Any]) -> Found:
        """The entry, made by `make` if need be (each time, while the store is down). Raises what `make` raises."""
        store, habits = self._store, self._habits
        if store is None:
            return Found(make(), NONE)
        found = self._read(store, key)
        if found and found.age_s < habits.ttl_s:
            return found
        if found and found.age_s < habits.ttl_s + habits.stale_s:
            return Found(found.value, STALE, found.age_s, self._refresher(store, key, make))
        if not habits.single_flight:
            return self._made(store, key, make)
        return self._first_of_many(store, key, make)

    def _first_of_many(self, store: KeyValue, key: str, make: Callable[[], Any]) -> Found:
        # Requests of this instance wait at the lock; instances that share the store wait at the lease.
        with self._locks.setdefault(key, threading.Lock()):
            while True:
                found = self._read(store, key)
                if found and found.age_s < self._habits.ttl_s:
                    return found
                if self._leased(store, key):
                    return self._made(store, key, make)
                self._pause.wait(ASK_AGAIN_S)

    def _refresher(self, store: KeyValue, key: str, make: Callable[[], Any]) -> Callable[[], object] | None:
        """The one request that gets the lease makes the entry anew."""
        if self._habits.single_flight and not self._leased(store, key):
            return None
        return lambda: self._made(store, key, make)

    def _leased(self, store: KeyValue, key: str) -> bool:
        try:
            return store.put(f"making:{key}", b"", ttl_s=LEASE_S, version=ABSENT) is not None
        except StoreDown:
            return True

    def _made(self, store: KeyValue, key: str, make: Callable[[], Any]) -> Found:
        try:
            value = make()
            # A cache may be gone at any time: what was made is served all the same.
            with contextlib.suppress(StoreDown):
                ttl_s = self._habits.ttl_s + self._habits.stale_s
                store.put(f"made:{key}", msgspec.msgpack.encode((self._clock(), value)), ttl_s=ttl_s)
        finally:
            if self._habits.single_flight:
                with contextlib.suppress(StoreDown):
                    store.delete(f"making:{key}")
        return Found(value, MISS)

    def _read(self, store: KeyValue, key: str) -> Found | None:
        try:
            entry = store.get(f"made:{key}")
        except StoreDown:
            return None
        if entry is None:
            return None
        made_s, value = msgspec.msgpack.decode(entry.value, type=tuple[float, Any])
        return Found(value, HIT, max(0.0, self._clock() - made_s))
