"""What a claim expects of a figure, said before it is measured, with the reason for its tolerance."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 3.29
"""Standard deviations within which 99.9 % of normal samples fall."""
FAR = math.inf


@dataclass(frozen=True, slots=True)
class Expected:
    """An interval, both ends included.

    Attributes:
        low, high: the bounds; infinite where there is none.
        text: what is expected, for people, such as "1/3".
        because: why so wide.
    """

    low: float
    high: float
    text: str
    because: str

    def __contains__(self, figure: float) -> bool:
        return self.low <= figure <= self.high


def exactly(figure: float, text: str = "") -> Expected:
    """That figure: the experiment leaves nothing to chance."""
    return Expected(figure, figure, text or f"{figure:g}", "exact: nothing is left to chance")


def share(p: float, of: int, text: str = "") -> Expected:
    """A share of `of` independent draws that succeed with probability `p` each."""
    within = Z * math.sqrt(p * (1 - p) / of)
    because = f"99.9 % of binomial samples of {of} (normal approximation)"
    return Expected(max(0.0, p - within), min(1.0, p + within), text or f"{p:.3g}", because)


def about(figure: float, within: float, because: str, text: str = "") -> Expected:
    """That figure, give or take `within` (absolute), for a reason."""
    return Expected(figure - within, figure + within, text or f"{figure:.3g} ± {within:.2g}", because)


def between(low: float, high: float, because: str, text: str = "") -> Expected:
    """Any figure from `low` to `high`, for a reason."""
    return Expected(low, high, text or f"{low:g} to {high:g}", because)


def at_least(low: float, because: str, text: str = "") -> Expected:
    """That figure or more, for a reason."""
    return Expected(low, FAR, text or f"at least {low:g}", because)


def at_most(high: float, because: str, text: str = "") -> Expected:
    """That figure or less, for a reason."""
    return Expected(-FAR, high, text or f"at most {high:g}", because)
