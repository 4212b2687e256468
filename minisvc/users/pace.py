"""Who acts when: the decisions of a load, from one seed and without I/O."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence


def zipf_weights(users: int, exponent: float) -> list[float]:
    """Shares that sum to 1: the k-th user's is proportional to 1 / k ** exponent (0: all equal)."""
    raw = [1 / rank**exponent for rank in range(1, users + 1)]
    whole = sum(raw)
    return [each / whole for each in raw]


def draws(weights: Sequence[float], chance: random.Random) -> Iterator[int]:
    """User numbers from 0, drawn by weight, without end; equal weights take turns."""
    if min(weights) == max(weights):
        return itertools.cycle(range(len(weights)))
    sums = list(itertools.accumulate(weights))
    numbers = range(len(weights))
    return (each for _ in itertools.count() for each in chance.choices(numbers, cum_weights=sums, k=64))


def quotas(steps: int, weights: Sequence[float], chance: random.Random) -> list[int]:
    """How many of `steps` steps each user makes; they sum to `steps`."""
    drawn = Counter(itertools.islice(draws(weights, chance), steps))
    return [drawn[number] for number in range(len(weights))]


def arrivals(rate: float, kind: str, chance: random.Random) -> Iterator[float]:
    """Moments in seconds from the start: `rate` a second, "constant" or "poisson" (exponential gaps)."""
    if kind == "constant":
        return (number / rate for number in itertools.count())
    return itertools.accumulate(chance.expovariate(rate) for _ in itertools.count())
