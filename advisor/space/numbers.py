"""Which bands of numbers, and of the products of numbers, can be true at the same time.

Bands are intervals, so a set of bands is a system of inequalities between products. It is decided
exactly, by Fourier-Motzkin elimination with products in place of sums and whole numbers in place of floats.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import NamedTuple


class Range(NamedTuple):
    """Numbers from `low` up to `high`, which belongs to it only when `closed`."""

    low: float
    high: float
    closed: bool = False


class _Limit(NamedTuple):
    """The product of each number to its power is below `top` / `bottom`; equal to it unless `strict`.

    Both are whole numbers above 0: a class for fractions would take longer to import than all this takes.
    """

    powers: tuple[int, ...]
    top: int
    bottom: int
    strict: bool


def possible(numbers: Mapping[str, Range], products: Iterable[tuple[tuple[str, ...], Range]]) -> bool:
    """Whether some numbers in their ranges put every product (named by its factors) into its own range."""
    names = tuple([name for name, range_ in numbers.items() if range_.high > 0])
    limits = [limit for name in names for limit in _limits((name,), numbers[name], names)]
    for factors, range_ in products:
        if all(name in names for name in factors):
            limits += _limits(factors, range_, names)
        elif range_.low > 0:
            return False
    for at in range(len(names)):
        limits = _without(at, limits)
    return all(limit.top > limit.bottom or (limit.top == limit.bottom and not limit.strict) for limit in limits)


@lru_cache(4096)
def _limits(factors: tuple[str, ...], range_: Range, names: tuple[str, ...]) -> tuple[_Limit, ...]:
    """A range as limits. A low end of 0 is none: what 0 gives, a number next to 0 gives as well."""
    found = []
    powers = tuple(factors.count(name) for name in names)
    if range_.low > 0:
        top, bottom = range_.low.as_integer_ratio()
        found.append(_Limit(tuple(-power for power in powers), bottom, top, strict=False))
    if range_.high < inf:
        top, bottom = range_.high.as_integer_ratio()
        found.append(_Limit(powers, top, bottom, strict=not range_.closed))
    return tuple(found)


def _without(at: int, limits: Iterable[_Limit]) -> list[_Limit]:
    """The limits on the other numbers that remain when this one may be anything that it still can be."""
    rest: list[_Limit] = []
    above: list[_Limit] = []
    below: list[_Limit] = []
    for limit in limits:
        power = limit.powers[at]
        (above if power > 0 else below if power else rest).append(limit)
    return rest + [_joined(at, upper, lower) for upper in above for lower in below]


def _joined(at: int, upper: _Limit, lower: _Limit) -> _Limit:
    up, down = -lower.powers[at], upper.powers[at]
    return _Limit(
        tuple([up * above + down * below for above, below in zip(upper.powers, lower.powers, strict=True)]),
        upper.top**up * lower.top**down,
        upper.bottom**up * lower.bottom**down,
        upper.strict or lower.strict,
    )
