"""Which classes of an axis one question tells apart, all other questions being answered the same."""

from collections.abc import Iterator
from itertools import combinations, product

from advisor.checker import MOST
from advisor.space.answered import Answered
from advisor.space.axes import Cell
from advisor.space.compiled import bits_of, state_of
from advisor.space.numbers import Range, possible

_Rest = tuple[tuple[str, str], ...]
"""Of some numbers: how much is known of each, and its band."""


class Neighbours:
    """The classes of a question's axis, and which pairs of them can differ by the answer to it alone.

    Attributes:
        classes: those that agree with the other answers on the axis.
    """

    def __init__(self, answered: Answered, question: str) -> None:
        at = answered.axis_of(question)
        self.classes = bits_of(answered.box(answered.values)[at])
        self._question = question
        self._axis = answered.space.axes[at]
        self._others = [name for name in self._axis.questions if name != question]
        self._members = answered.space.members[at]
        self._rulebook = answered.space.scales.rulebook
        self._values = answered.values
        self._alike: dict[int, dict[_Rest, list[int]]] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def pairs(self) -> Iterator[tuple[int, int]]:
        """All pairs."""
        return (pair for pair in combinations(self.classes, 2) if self.are(*pair))

    def are(self, one: int, other: int) -> bool:
        """Whether two of the classes are such a pair."""
        if not self._others:
            return True
        if (one, other) not in self._known:
            second = self._by_rest(other)
            self._known[one, other] = any(
                self._differ_alone(a, b)
                for rest, cells in self._by_rest(one).items()
                for a, b in product(cells, second.get(rest, ()))
            )
        return self._known[one, other]

    def _by_rest(self, class_: int) -> dict[_Rest, list[int]]:
        """The cells of a class, by where all other numbers are."""
        if class_ not in self._alike:
            found: dict[_Rest, list[int]] = {}
            for number in self._members[class_]:
                cell = self._axis.cells[number]
                rest = tuple([(state_of(cell, name), cell.choices.get(name, "")) for name in self._others])
                found.setdefault(rest, []).append(number)
            self._alike[class_] = found
        return self._alike[class_]

    def _differ_alone(self, one: int, other: int) -> bool:
        """Whether two cells of numbers, alike in where all but one are, can be the same in all but that one."""
        question = self._question
        first, second = self._axis.cells[one], self._axis.cells[other]
        ranges = {name: self._range(first, name) for name in self._others if name in first.choices}
        products = []
        for cell, twin in ((first, question), (second, f"{question} again")):
            if question in cell.choices:
                ranges[twin] = self._range(cell, question)
            for fact in self._rulebook.facts.values():
                if fact.id in cell.choices:
                    band = next(band for band in fact.bands if band.id == cell.choices[fact.id])
                    factors = tuple(twin if name == question else name for name in fact.factors)
                    products.append((factors, Range(band.low, band.high)))
        return possible(ranges, products)

    def _range(self, cell: Cell, name: str) -> Range:
        value = self._values.get(name)
        if name in cell.given and isinstance(value, int | float):
            return Range(value, value, closed=True)
        band = next(band for band in self._rulebook.questions[name].bands if band.id == cell.choices[name])
        return Range(band.low, min(band.high, MOST), closed=band.high > MOST)
