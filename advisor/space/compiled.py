"""A rulebook in a form that answers "who wins?" for single answer sets, and for whole boxes of them, quickly.

Which rules fire is a bit mask. Each cell of an axis *permits* the arguments that do not ask for another
cell; an argument fires when every axis permits it. Axes' cells that permit the same arguments are one
*class*. A *point* takes one class of each axis; a *box* takes a set of classes, as a bit mask, of each.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from advisor.model import Requirement, Rule, Rulebook
from advisor.space.axes import Axis, Cell

Point = tuple[int, ...]
Box = tuple[int, ...]
Scores = tuple[int, ...]


class Voice(NamedTuple):
    """What rules say to one mechanism on one side of one concern: the strongest of those that fire."""

    mechanism: int
    rules: tuple[tuple[int, int], ...]  # (bit of the rule, points times priority), strongest first

    def points(self, fired: int) -> int:
        """The points of the strongest rule that fires; 0 when none does."""
        for bit, points in self.rules:  # a loop, not next(): this is where the time goes
            if fired & bit:
                return points
        return 0


class Concern(NamedTuple):
    """The rules of a concern: their bits, the axes they look at, and the voices they make up."""

    rules: int
    axes: tuple[int, ...]
    voices: tuple[Voice, ...]


class Space:
    """A rulebook, compiled for one set of priorities (what is missing counts as 1).

    With `apart`, cells that tell differently whether a question is unknown, or answered exactly so, are
    different classes even if no rule cares.

    Attributes:
        names: the mechanisms, simplest first. Everywhere else they are numbered in this order.
        permits: by axis and class: the bits of the arguments (requirements first, then rules) that it permits.
        members: by axis and class: the numbers of the cells in it.
    """

    def __init__(
        self, rulebook: Rulebook, axes: Sequence[Axis], priorities: Mapping[str, int], *, apart: bool = False
    ) -> None:
        self.rulebook = rulebook
        self.axes = tuple(axes)
        self.names = tuple(rulebook.mechanisms)
        arguments: tuple[Requirement | Rule, ...] = (*rulebook.requirements, *rulebook.rules)
        self.everything = (1 << len(arguments)) - 1
        classes = [classes_of(axis, arguments, apart=apart) for axis in self.axes]
        self.permits = tuple(tuple(permits for permits, _ in found) for found in classes)
        self.members = tuple(tuple(cells for _, cells in found) for found in classes)
        self.removals = tuple(
            (1 << bit, sum(1 << self.names.index(name) for name in requirement.removes))
            for bit, requirement in enumerate(rulebook.requirements)
        )
        self.requirements = (1 << len(rulebook.requirements)) - 1
        self._numbered = {rule.id: 1 << len(rulebook.requirements) + at for at, rule in enumerate(rulebook.rules)}
        weights = {concern: priorities.get(concern, 1) for concern in rulebook.concerns}
        self.concerns = tuple(self._concern(name, weight) for name, weight in weights.items() if weight)
        self._scores: list[dict[int, Scores]] = [{} for _ in self.concerns]

    @cached_property
    def about(self) -> tuple[int, ...]:
        """By mechanism: the arguments that are about it."""
        masks = [0] * len(self.names)
        for bit, removed in self.removals:
            for mechanism in range(len(masks)):
                masks[mechanism] |= bit if removed >> mechanism & 1 else 0
        for concern in self.concerns:
            for voice in concern.voices:
                masks[voice.mechanism] |= sum(bit for bit, _ in voice.rules)
        return tuple(masks)

    @cached_property
    def whole(self) -> Box:
        """The box of all answer sets."""
        return tuple((1 << len(found)) - 1 for found in self.permits)

    def example(self, point: Point) -> dict[str, str]:
        """One of the answer sets of a point: the known choices by question or fact id."""
        known: dict[str, str] = {}
        for axis, members, class_ in zip(self.axes, self.members, point, strict=True):
            known.update(axis.cells[members[class_][0]].choices)
        return known

    def bit_of(self, rule: str) -> int:
        """The bit of a rule by its id."""
        return self._numbered[rule]

    def fired(self, point: Point) -> int:
        """The arguments that fire at a point."""
        bits = self.everything
        for permits, class_ in zip(self.permits, point, strict=True):
            bits &= permits[class_]
        return bits

    def gone(self, fired: int) -> int:
        """The mechanisms that the requirements among the fired arguments remove, as a mask."""
        mask = 0
        if fired & self.requirements:
            for bit, removed in self.removals:
                if fired & bit:
                    mask |= removed
        return mask

    def totals(self, fired: int) -> list[int]:
        """The points of every mechanism when these arguments fire, requirements aside."""
        parts = [self.scores(number, fired) for number in range(len(self.concerns))]
        return list(map(sum, zip(*parts, strict=True))) if parts else [0] * len(self.names)

    def scores(self, number: int, fired: int) -> Scores:
        """The points of every mechanism in one concern when these arguments fire."""
        concern, known = self.concerns[number], self._scores[number]
        bits = fired & concern.rules
        if bits not in known:
            points = [0] * len(self.names)
            for voice in concern.voices:
                points[voice.mechanism] += voice.points(bits)
            known[bits] = tuple(points)
        return known[bits]

    def winner(self, fired: int) -> int | None:
        """The mechanism that wins when these arguments fire; None when nothing is left."""
        gone = self.gone(fired)
        best, most = None, 0
        for mechanism, points in enumerate(self.totals(fired)):
            if not gone >> mechanism & 1 and (best is None or points > most):
                best, most = mechanism, points
        return best

    def winner_at(self, point: Point) -> int | None:
        """The mechanism that wins at a point; None when nothing is left."""
        return self.winner(self.fired(point))

    def _concern(self, name: str, weight: int) -> Concern:
        rules = [rule for rule in self.rulebook.rules if rule.concern == name]
        sides: dict[tuple[int, bool], list[tuple[int, int]]] = {}
        for rule in rules:
            for mechanism, points in rule.points.items():
                side = sides.setdefault((self.names.index(mechanism), points > 0), [])
                side.append((self.bit_of(rule.id), points * weight))
        voices = tuple(
            Voice(mechanism, tuple(sorted(side, key=lambda each: -abs(each[1]))))
            for (mechanism, _), side in sides.items()
        )
        bits = 0
        for rule in rules:
            bits |= self.bit_of(rule.id)
        return Concern(bits, self.axes_of(bits), voices)

    def axes_of(self, arguments: int) -> tuple[int, ...]:
        """The axes that any of these arguments looks at: where some class does not permit it."""
        return tuple(at for at, permits in enumerate(self.permits) if any(arguments & ~allowed for allowed in permits))


def classes_of(
    axis: Axis, arguments: Sequence[Requirement | Rule], *, apart: bool = False
) -> list[tuple[int, tuple[int, ...]]]:
    """The axis's cells by what they permit."""
    alike: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for number, permits in enumerate(_permits(axis, arguments)):
        cell = axis.cells[number]
        states = tuple(state_of(cell, question) for question in axis.questions) if apart else ()
        alike.setdefault((permits, states), []).append(number)
    return [(mask, tuple(numbers)) for (mask, _), numbers in alike.items()]


def _permits(axis: Axis, arguments: Sequence[Requirement | Rule]) -> list[int]:
    """By cell: the arguments that do not ask this axis for another cell."""
    known = {name for cell in axis.cells for name in cell.choices}
    found = [(1 << len(arguments)) - 1] * len(axis.cells)
    for bit, argument in enumerate(arguments):
        for name, choices in argument.when.terms:
            if name in known:
                for number, cell in enumerate(axis.cells):
                    if cell.choices.get(name) not in choices:
                        found[number] &= ~(1 << bit)
    return found


def state_of(cell: Cell, question: str) -> str:
    """How much a cell knows of a question: "" nothing, "given" the very value, otherwise "choice"."""
    if question in cell.given:
        return "given"
    return "choice" if question in cell.choices else ""
