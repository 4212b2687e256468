"""The answers that were given, as boxes: which part of the space agrees with them."""

from collections.abc import Iterable, Mapping
from itertools import combinations, product

from advisor.checker import MOST
from advisor.model import Value
from advisor.space.axes import Axis, Cell, axes_of
from advisor.space.compiled import Box, Space, state_of
from advisor.space.numbers import Range, possible
from advisor.space.scales import Scales
from advisor.space.search import Search


class Answered:
    """The scales of a rulebook, some answers, and the boxes that agree with any part of them.

    Attributes:
        values: the known answers by question id.
        unknown: the questions without an answer, in the file's order.
    """

    def __init__(self, scales: Scales, values: Mapping[str, Value]) -> None:
        rulebook = scales.rulebook
        self.values = {name: values[name] for name in rulebook.questions if name in values}
        self.unknown = tuple(name for name in rulebook.questions if name not in values)
        self.space = Space(scales, axes_of(rulebook, self.values), apart=True)
        self.search = Search(self.space)
        self._of = {name: at for at, axis in enumerate(self.space.axes) for name in axis.questions}
        self._masks: dict[tuple[str, str], int] = {}

    def box(self, given: Iterable[str], unknown: Iterable[str] = ()) -> Box:
        """The answer sets with the given answers to some questions, while others stay unknown."""
        box = list(self.space.whole)
        for name in given:
            box[self._of[name]] &= self._classes(name, "given")
        for name in unknown:
            box[self._of[name]] &= self._classes(name, "")
        return tuple(box)

    def narrowed(self, box: Box, question: str) -> Box:
        """The part of a box that has the given answer to one question more."""
        at = self._of[question]
        return (*box[:at], box[at] & self._classes(question, "given"), *box[at + 1 :])

    def axis_of(self, question: str) -> int:
        """The number of the axis that a question is on."""
        return self._of[question]

    def neighbours(self, question: str) -> list[tuple[int, int]]:
        """The pairs of classes, on the question's axis, that can differ by the answer to it alone."""
        at = self._of[question]
        members = self.space.members[at]
        pairs = combinations(range(len(members)), 2)
        if len(self.space.axes[at].questions) == 1:
            return list(pairs)
        allowed = self.box(self.values)[at]
        return [
            (one, other)
            for one, other in pairs
            if allowed >> one & allowed >> other & 1
            and any(self._differ_alone(at, question, a, b) for a, b in product(members[one], members[other]))
        ]

    def stands(self, number: int, question: str) -> bool:
        """Whether a cell of the question's axis agrees with what all other questions on it are answered."""
        axis = self.space.axes[self._of[question]]
        others = (name for name in axis.questions if name != question)
        return all(state_of(axis.cells[number], name) == ("given" if name in self.values else "") for name in others)

    def _differ_alone(self, at: int, question: str, one: int, other: int) -> bool:
        """Whether two cells of numbers can be the same in all numbers but one."""
        axis = self.space.axes[at]
        first, second = axis.cells[one], axis.cells[other]
        rest = [name for name in axis.questions if name != question]
        if any(self._place(first, name) != self._place(second, name) for name in rest):
            return False
        ranges = {name: self._range(first, name) for name in rest if name in first.choices}
        products = []
        for cell, twin in ((first, question), (second, f"{question} again")):
            if question in cell.choices:
                ranges[twin] = self._range(cell, question)
            for fact in self.space.scales.rulebook.facts.values():
                if fact.id in cell.choices:
                    band = next(band for band in fact.bands if band.id == cell.choices[fact.id])
                    factors = tuple(twin if name == question else name for name in fact.factors)
                    products.append((factors, Range(band.low, band.high)))
        return possible(ranges, products)

    def _place(self, cell: Cell, name: str) -> tuple[str, str]:
        return state_of(cell, name), cell.choices.get(name, "")

    def _range(self, cell: Cell, name: str) -> Range:
        value = self.values.get(name)
        if name in cell.given and isinstance(value, int | float):
            return Range(value, value, closed=True)
        band = next(band for band in self.space.scales.rulebook.questions[name].bands if band.id == cell.choices[name])
        return Range(band.low, min(band.high, MOST), closed=band.high > MOST)

    def _classes(self, question: str, state: str) -> int:
        """The classes of the question's axis in which it is in a state, as a mask."""
        key = (question, state)
        if key not in self._masks:
            at = self._of[question]
            axis = self.space.axes[at]
            number = self.space.scales.rulebook.questions[question].is_number
            self._masks[key] = sum(
                1 << class_
                for class_, members in enumerate(self.space.members[at])
                # the numbers of a class are in the same state, for the space keeps other states apart
                if any(self._in_state(axis, cell, question, state) for cell in (members[:1] if number else members))
            )
        return self._masks[key]

    def _in_state(self, axis: Axis, number: int, question: str, state: str) -> bool:
        cell = axis.cells[number]
        if state == "given" and len(cell.given) == 0 and isinstance(self.values[question], str):
            return cell.choices.get(question) == self.values[question]
        return state_of(cell, question) == state
