"""The copies that one member holds, in its memory. Newest wins."""

from __future__ import annotations

import threading
from collections.abc import Callable

from minisvc.clock import Clock
from minisvc.keyvalue import ANY
from minisvc.replicas.messages import Copy

TOMBSTONE_S = 60.0
"""A deletion is remembered so long, against copies of the deleted that come late."""


class Copies:
    """Safe from any thread. `clock` decides what has expired."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, Copy] = {}

    def find(self, key: str) -> Copy | None:
        """The copy, be it a tombstone; None if there is none, or it has expired."""
        copy = self._held.get(key)
        if copy is None or copy.expires_at_s is None or self._clock() < copy.expires_at_s:
            return copy
        with self._lock:
            # Unless it was written anew since.
            if self._held.get(key) is copy:
                del self._held[key]
        return None

    def keep(self, copy: Copy) -> None:
        """Keep it, unless what is here is newer."""
        with self._lock:
            held = self._held.get(copy.key)
            if held is None or held.age < copy.age:
                self._held[copy.key] = copy

    def write(self, fresh: Copy, version: str) -> Copy | None:
        """Write it after what is here, if that has the version asked for; None: it is another one.

        `fresh.number` does not matter, and its epoch is the least; a tombstone gets its own time.
        """
        with self._lock:
            held = self._held.get(fresh.key)
            if held and held.expires_at_s is not None and self._clock() >= held.expires_at_s:
                held = None
            if version not in {ANY, held.version if held else ""}:
                return None
            ends_s = self._clock() + TOMBSTONE_S if fresh.value is None else fresh.expires_at_s
            epoch, number = max(fresh.epoch, held.epoch if held else 0), (held.number if held else 0) + 1
            written = Copy(fresh.key, epoch, number, fresh.writer, fresh.value, ends_s)
            self._held[fresh.key] = written
            return written

    def all(self) -> list[Copy]:
        """Everything, tombstones included."""
        return [copy for key in list(self._held) if (copy := self.find(key))]

    def retain(self, wanted: Callable[[str], bool]) -> None:
        """Let go of the others."""
        with self._lock:
            self._held = {key: copy for key, copy in self._held.items() if wanted(key)}
