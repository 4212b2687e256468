"""Keys and values in the memory of whoever made it: fast, and gone with it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

from minisvc.clock import Clock, monotonic
from minisvc.keyvalue.contract import ABSENT, ANY, Entry, KeyValue


class MemoryKeyValue(KeyValue):
    """A dict with expiry. `clock` decides what has expired."""

    kind = "memory"

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._versions = itertools.count(1)
        self._entries: dict[str, tuple[float | None, Entry]] = {}

    def get(self, key: str) -> Entry | None:
        """The entry, if it is still alive."""
        expires_at, entry = self._entries.get(key, (None, None))
        if entry is None or expires_at is None or self._clock() < expires_at:
            return entry
        with self._lock:
            # Unless it was written anew since.
            if self._entries.get(key, (None, None))[1] is entry:
                del self._entries[key]
        return None

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """Write under the lock, so that of two who ask for the same version one is told no."""
        with self._lock:
            if version != ANY:
                expires_at, present = self._entries.get(key, (None, None))
                alive = present is not None and (expires_at is None or self._clock() < expires_at)
                if (present.version if alive and present else ABSENT) != version:
                    return None
            written = Entry(value, str(next(self._versions)))
            self._entries[key] = (None if ttl_s is None else self._clock() + ttl_s, written)
            return written.version

    def delete(self, key: str) -> bool:
        """Forget it."""
        alive = self.get(key) is not None
        with self._lock:
            self._entries.pop(key, None)
        return alive

    def keys(self) -> Iterator[str]:
        """Those that are alive."""
        return (key for key in list(self._entries) if self.get(key) is not None)
