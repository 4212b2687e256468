"""Time as the lab reads it: seconds that only go forward, or a clock that a test turns by hand."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Returns seconds from an arbitrary start, never going back (`time.monotonic`)."""

monotonic: Clock = time.monotonic

wall: Clock = time.time
"""Seconds since 1970, for what outlives a process or is read by several; it may be set back."""


class FakeClock:
    """A clock that stands still until `advance` is called."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        """The present moment in seconds."""
        return self.now_s

    def advance(self, by_s: float) -> None:
        """Let `by_s` seconds pass; negative values raise ValueError, for time does not go back."""
        if by_s < 0:
            raise ValueError(f"a clock cannot go back ({by_s} s)")
        self.now_s += by_s
