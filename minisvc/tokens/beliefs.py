"""What was learned by asking, believed for a while and then asked again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from minisvc.clock import Clock

MOST = 10_000
"""Answers that are kept; those that were learned the longest time ago go first."""

T = TypeVar("T")


class Beliefs(Generic[T]):
    """Answers by key. Safe from any thread. `last_s` is how long one is believed; 0: never."""

    def __init__(self, last_s: float, clock: Clock) -> None:
        self._last_s, self._clock = last_s, clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def get(self, key: str) -> T | None:
        """The answer, if it is still believed."""
        with self._lock:
            learned_s, answer = self._known.get(key, (0.0, None))
        return answer if answer is not None and self._clock() - learned_s < self._last_s else None

    def learn(self, key: str, answer: T | None) -> None:
        """Believe it from now on; None: know nothing any more."""
        with self._lock:
            self._known.pop(key, None)
            if answer is not None and self._last_s:
                self._known[key] = self._clock(), answer
                if len(self._known) > MOST:
                    self._known.popitem(last=False)
