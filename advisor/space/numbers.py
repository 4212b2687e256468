"""Which bands of numbers, and of the products of numbers, can be true at the same time.

Bands are intervals, so a set of bands is a system of inequalities between products. It is decided
exactly, by Fourier-Motzkin elimination with products in place of sums and fractions in place of floats.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import inf
from typing import NamedTuple


class Range(NamedTuple):
    """Numbers from `low` up to `high`, which belongs to it only when `closed`."""

    low: float
    high: float
    closed: bool = False


class _Limit(NamedTuple):
    """The product of each number to its power is below `most`; equal to it unless `strict`."""

    powers: Mapping[str, int]
    most: Fraction
    strict: bool


def possible(numbers: Mapping[str, Range], products: Iterable[tuple[tuple[str, ...], Range]]) -> bool:
    """Whether some numbers in their ranges put every product (named by its factors) into its own range."""
    zero = {name for name, range_ in numbers.items() if range_.high == 0}
    limits = [limit for name, range_ in numbers.items() if name not in zero for limit in _limits((name,), range_)]
    for factors, range_ in products:
        if zero.intersection(factors):
            if range_.low > 0:
                return False
        else:
            limits += _limits(factors, range_)
    for name in numbers:
        limits = _without(name, limits)
    return all(limit.most > 1 or (limit.most == 1 and not limit.strict) for limit in limits)


def _limits(factors: tuple[str, ...], range_: Range) -> list[_Limit]:
    """A range as limits. A low end of 0 is none: what 0 gives, a number next to 0 gives as well."""
    found = []
    if range_.low > 0:
        found.append(_Limit(dict.fromkeys(factors, -1), 1 / Fraction(range_.low), strict=False))
    if range_.high < inf:
        found.append(_Limit(dict.fromkeys(factors, 1), Fraction(range_.high), strict=not range_.closed))
    return found


def _without(name: str, limits: Iterable[_Limit]) -> list[_Limit]:
    """The limits on the other numbers that remain when `name` may be anything that it still can be."""
    known = list(limits)
    above = [limit for limit in known if limit.powers.get(name, 0) > 0]
    below = [limit for limit in known if limit.powers.get(name, 0) < 0]
    rest = [limit for limit in known if name not in limit.powers]
    return [*rest, *(_joined(name, upper, lower) for upper in above for lower in below)]


def _joined(name: str, upper: _Limit, lower: _Limit) -> _Limit:
    up, down = -lower.powers[name], upper.powers[name]
    names = (upper.powers.keys() | lower.powers.keys()) - {name}
    powers = {each: up * upper.powers.get(each, 0) + down * lower.powers.get(each, 0) for each in names}
    return _Limit(
        {each: power for each, power in powers.items() if power},
        upper.most**up * lower.most**down,
        upper.strict or lower.strict,
    )
