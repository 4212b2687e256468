"""The space of all possible answers, as independent axes.

A question with options is an axis by itself: its cells are the options, and unknown. Numbers that a
product ties together share an axis: its cells are the bands that these numbers and products can have at
the same time, each number unknown included. An answer set takes one cell of each axis.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from math import inf, prod
from typing import NamedTuple

from advisor.checker import MOST
from advisor.model import Band, Fact, Question, Rulebook, Value
from advisor.space.numbers import Range, possible


class Cell(NamedTuple):
    """One possibility on an axis.

    Attributes:
        choices: what is known in it, by question or fact id; what is missing is unknown.
        given: the numbers that have exactly the value that was answered, and not just its band.
    """

    choices: Mapping[str, str]
    given: frozenset[str] = frozenset()


class Axis(NamedTuple):
    """Questions that can be looked at apart from all others, with the facts that follow from them."""

    questions: tuple[str, ...]
    cells: tuple[Cell, ...]


def axes_of(rulebook: Rulebook, values: Mapping[str, Value] | None = None) -> tuple[Axis, ...]:
    """All axes. A number in `values` can also have exactly that value, beside being anywhere in a band."""
    groups = _groups(rulebook)
    return tuple(
        Axis((question.id,), tuple(_options(question)))
        if not question.is_number
        else Axis(group, tuple(_joint(rulebook, group, values or {})))
        for question in rulebook.questions.values()
        for group in (groups[question.id],)
        if group[0] == question.id
    )


def size_of(axes: Iterable[Axis]) -> int:
    """How many answer sets there are."""
    return prod(len(axis.cells) for axis in axes)


def _options(question: Question) -> Iterator[Cell]:
    for choice in question.choices:
        yield Cell({question.id: choice})
    yield Cell({})


def used_facts(rulebook: Rulebook) -> tuple[Fact, ...]:
    """The facts that a requirement or a rule asks for; no other can matter to who wins."""
    conditions = [*(each.when for each in rulebook.requirements), *(each.when for each in rulebook.rules)]
    asked = {name for condition in conditions for name in condition.questions}
    return tuple(fact for fact in rulebook.facts.values() if fact.id in asked)


def _groups(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """By question: all questions that facts tie to it, itself included, in the file's order."""
    tied = {name: {name} for name in rulebook.questions}
    for fact in used_facts(rulebook):
        union = set().union(*(tied[name] for name in fact.factors))
        for name in union:
            tied[name] = union
    return {name: tuple(each for each in rulebook.questions if each in union) for name, union in tied.items()}


def _joint(rulebook: Rulebook, group: tuple[str, ...], values: Mapping[str, Value]) -> Iterator[Cell]:
    """The cells of numbers that belong together."""
    facts = [fact for fact in used_facts(rulebook) if set(fact.factors) <= set(group)]
    places = [list(_places(rulebook.questions[name], values.get(name))) for name in group]
    for combination in product(*places):
        numbers = {name: place for name, place in zip(group, combination, strict=True) if place}
        ranges = {name: place[1] for name, place in numbers.items()}
        known = {name: place[0] for name, place in numbers.items()}
        given = frozenset([name for name, range_ in ranges.items() if range_.closed and range_.low == range_.high])
        for bands in _bands_of(facts, ranges):
            yield Cell({**known, **bands}, given)


def _places(question: Question, value: Value | None) -> Iterator[tuple[str, Range] | None]:
    """Where a number can be: at the value given, in each band, or (None) unknown."""
    if isinstance(value, int | float):
        yield question.choice_of(value), Range(value, value, closed=True)
    for band in question.bands:
        yield band.id, Range(band.low, band.high) if band.high < inf else Range(band.low, MOST, closed=True)
    yield None


def _bands_of(facts: Collection[Fact], ranges: Mapping[str, Range]) -> Iterator[dict[str, str]]:
    """Every combination of bands that the facts can have while the numbers stay in their ranges."""
    known = [fact for fact in facts if set(fact.factors) <= ranges.keys()]
    choices = [_reached(fact.bands, tuple([ranges[name] for name in fact.factors])) for fact in known]
    alone = sum([len(bands) > 1 for bands in choices]) <= 1
    numbers = tuple(ranges.items())
    for bands in product(*choices):
        wanted = tuple([(fact.factors, Range(band.low, band.high)) for fact, band in zip(known, bands, strict=True)])
        if alone or _together(numbers, wanted):
            yield {fact.id: band.id for fact, band in zip(known, bands, strict=True)}


@lru_cache(4096)
def _together(numbers: tuple[tuple[str, Range], ...], products: tuple[tuple[tuple[str, ...], Range], ...]) -> bool:
    """See `possible`. The bands of a rulebook meet again with each set of answers."""
    return possible(dict(numbers), products)


@lru_cache(1024)
def _reached(bands: tuple[Band, ...], factors: tuple[Range, ...]) -> tuple[Band, ...]:
    """The bands that a product of numbers in these ranges can fall into, other facts aside."""
    low, high = prod([factor.low for factor in factors]), prod([factor.high for factor in factors])
    if all(factor.low == factor.high for factor in factors):
        return tuple([band for band in bands if band.low <= low < band.high])  # floats and all, as where it decides
    closed = all(factor.closed for factor in factors)
    return tuple([band for band in bands if low < band.high and _reaches(high, band.low, closed=closed)])


def _reaches(high: float, low: float, *, closed: bool) -> bool:
    """Whether numbers up to `high` get as far as `low`, which they do from 0 in any case."""
    return high > low or low == 0 or (closed and high == low)
