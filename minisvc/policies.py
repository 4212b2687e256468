"""How a balancer picks a backend for a request that is bound to none. Decisions only, no I/O.

Each policy sees the same: the candidates (healthy ones, never empty, in layout order), what is known of
each, and the request's key. Sources: NGINX's upstream module, HAProxy's `balance`, Envoy's load balancers,
and the paper named at each.
"""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Protocol

VIRTUAL_NODES = 160
"""Points of each backend on the ring, as in NGINX's `hash ... consistent` (ketama)."""
LOAD_BOUND = 1.25


class Candidate(Protocol):
    """A backend as a policy sees it: its weight now (above 0), and the exchanges that it has in hand."""

    name: str
    weight: float
    in_flight: int


class Policy(Protocol):
    """Picks one candidate; `name` is for people."""

    name: str

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The chosen backend's name. `key` stands for the client, where a policy hashes it."""
        ...


class RoundRobin:
    """Each backend in turn, by name, so that one that leaves or returns does not make others skip."""

    name = "round robin"

    def __init__(self) -> None:
        self._last = ""

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The first candidate after the last one chosen, around the ring."""
        last = self._last
        self._last = next((each.name for each in candidates if each.name > last), candidates[0].name)
        return self._last


class Weighted:
    """Smooth weighted round robin, NGINX's default: turns in proportion to weight, spread evenly."""

    name = "weighted round robin"

    def __init__(self) -> None:
        self._credit: dict[str, float] = {}

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """All gain their weight in credit; the richest is picked and pays the sum."""
        credit = {each.name: self._credit.get(each.name, 0.0) + each.weight for each in candidates}
        chosen = max(credit, key=lambda name: credit[name])
        credit[chosen] -= sum(each.weight for each in candidates)
        self._credit = credit
        return chosen


class Random:
    """Any backend, with a chance in proportion to its weight; reproducible by its seed."""

    name = "random"

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """A candidate left to chance."""
        return self._random.choices(candidates, [each.weight for each in candidates])[0].name


class LeastConnections:
    """The one with the fewest exchanges in hand for its weight; equals take turns."""

    name = "least connections"

    def __init__(self) -> None:
        self._turns = RoundRobin()

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """One of the least busy."""
        least = min(each.in_flight / each.weight for each in candidates)
        return self._turns.pick([each for each in candidates if each.in_flight / each.weight == least])


class TwoChoices:
    """The less busy of two left to chance: nearly as even, and no herd where figures are stale.

    M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
    """

    name = "two choices"

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The less busy of the two; the first if they are equal."""
        pair = self._random.sample(candidates, min(2, len(candidates)))
        return min(pair, key=lambda each: each.in_flight / each.weight).name


class SourceHash:
    """Hash of the key modulo the number of candidates: simple, and nearly all move when that changes.

    The whole address is hashed (NGINX's ip_hash looks at three octets of an IPv4 address only).
    """

    name = "source hash"

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The candidate that the key's hash points at."""
        return candidates[_hash(key) % len(candidates)].name


class RingHash:
    """Consistent hashing: about 1/n of the keys move when a backend joins or leaves.

    D. Karger et al., "Consistent Hashing and Random Trees", 1997; points by weight as in ketama.
    """

    name = "ring hash"

    def __init__(self) -> None:
        self._members: tuple[tuple[str, int], ...] = ()
        self._points: list[int] = []
        self._owners: list[str] = []

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The owner of the first point at or after the key's hash."""
        self._build(candidates)
        return self._owners[bisect.bisect_left(self._points, _hash(key)) % len(self._owners)]

    def order(self, candidates: Sequence[Candidate], key: str) -> list[str]:
        """All candidates in the order in which the key meets them on the ring."""
        self._build(candidates)
        start = bisect.bisect_left(self._points, _hash(key))
        return list(dict.fromkeys(self._owners[start:] + self._owners[:start]))

    def _build(self, candidates: Sequence[Candidate]) -> None:
        members = tuple((each.name, max(1, round(VIRTUAL_NODES * each.weight))) for each in candidates)
        if members == self._members:
            return
        points = sorted((_hash(f"{name}#{number}"), name) for name, count in members for number in range(count))
        self._members = members
        self._points, self._owners = [point for point, _ in points], [owner for _, owner in points]


class Rendezvous:
    """Highest random weight: every backend scores every key, the best wins; 1/n moves, and no ring is needed.

    D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998.
    """

    name = "rendezvous"

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The candidate with the highest score for the key."""
        return max(candidates, key=lambda each: _hash(f"{each.name}|{key}")).name


class BoundedLoad:
    """Consistent hashing whose backends take at most 1.25 times the mean, then pass on to the next.

    V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016; as HAProxy's
    `hash-balance-factor 125`.
    """

    name = "bounded load"

    def __init__(self) -> None:
        self._ring = RingHash()

    def pick(self, candidates: Sequence[Candidate], key: str = "") -> str:
        """The first on the key's way around the ring that has room."""
        loads = {each.name: each.in_flight for each in candidates}
        room = LOAD_BOUND * (sum(loads.values()) + 1) / len(candidates)
        # The mean is below the bound, so at least one has room.
        return next(name for name in self._ring.order(candidates, key) if loads[name] < room)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


POLICIES: dict[str, Callable[[int | None], Policy]] = {
    "round_robin": lambda _seed: RoundRobin(),
    "weighted": lambda _seed: Weighted(),
    "random": Random,
    "least_connections": lambda _seed: LeastConnections(),
    "two_choices": TwoChoices,
    "source_hash": lambda _seed: SourceHash(),
    "ring_hash": lambda _seed: RingHash(),
    "rendezvous": lambda _seed: Rendezvous(),
    "bounded_load": lambda _seed: BoundedLoad(),
}
