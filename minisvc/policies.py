"""How a balancer picks a backend for a request that is bound to none. Decisions only, no I/O."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol


class Policy(Protocol):
    """Picks one of the healthy candidates (never empty, in layout order). `name` is for people."""

    name: str

    def pick(self, candidates: Sequence[str]) -> str:
        """The chosen backend's name."""
        ...


class RoundRobin:
    """Each backend in turn, by name, so that one that leaves or returns does not make others skip."""

    name = "round robin"

    def __init__(self) -> None:
        self._last = ""

    def pick(self, candidates: Sequence[str]) -> str:
        """The first candidate after the last one chosen, around the ring."""
        self._last = next((name for name in candidates if name > self._last), candidates[0])
        return self._last


class Random:
    """Any backend with equal chance, reproducible by its seed."""

    name = "random"

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def pick(self, candidates: Sequence[str]) -> str:
        """A uniformly chosen candidate."""
        return candidates[self._random.randrange(len(candidates))]


POLICIES: dict[str, Callable[[int | None], Policy]] = {
    "round_robin": lambda _seed: RoundRobin(),
    "random": Random,
}
