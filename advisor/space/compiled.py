"""A rulebook in a form that answers "who wins?" for single answer sets, and for whole boxes of them, quickly.

Each cell of an axis *permits* the arguments that do not ask for another cell; an argument fires when every axis
permits it. Axes' cells that permit the same arguments are one *class*. A *point* takes one class of each axis; a
*box* takes a set of classes, as a bit mask, of each.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache, reduce
from operator import or_

from advisor.space.axes import Axis, Cell
from advisor.space.conditions import Conditions
from advisor.space.scales import Scales

Point = tuple[int, ...]
Box = tuple[int, ...]


class Space:
    """A rulebook over axes.

    With `apart`, cells that tell differently whether a question is unknown, or answered exactly so, are
    different classes even if no rule cares.

    Attributes:
        scales: what the arguments amount to.
        permits: by axis and class: the arguments that it permits, as a mask.
        members: by axis and class: the numbers of the cells in it.
    """

    def __init__(self, scales: Scales, axes: Sequence[Axis], *, apart: bool = False) -> None:
        self.scales = scales
        self.axes = tuple(axes)
        classes = [classes_of(axis, scales.conditions, apart=apart) for axis in self.axes]
        self.permits = tuple(tuple(permits for permits, _ in found) for found in classes)
        self.members = tuple(tuple(cells for _, cells in found) for found in classes)
        self._looks = [reduce(or_, [~allowed for allowed in permits], 0) for permits in self.permits]

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

    def fired(self, point: Point) -> int:
        """The arguments that fire at a point."""
        bits = self.scales.conditions.everything
        for permits, class_ in zip(self.permits, point, strict=True):
            bits &= permits[class_]
        return bits

    def winner_at(self, point: Point) -> int | None:
        """The mechanism that wins at a point; None when nothing is left."""
        return self.scales.winner(self.fired(point))

    def axes_of(self, arguments: int) -> tuple[int, ...]:
        """The axes that any of these arguments looks at: where some class does not permit it."""
        return tuple([at for at, looks in enumerate(self._looks) if arguments & looks])


def classes_of(axis: Axis, conditions: Conditions, *, apart: bool = False) -> list[tuple[int, tuple[int, ...]]]:
    """The axis's cells by what they permit."""
    alike: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    names = {name for cell in axis.cells for name in cell.choices}
    for number, cell in enumerate(axis.cells):
        permits = conditions.everything
        for name in names:
            permits &= conditions.permitted(name, cell.choices.get(name))
        states = tuple([state_of(cell, question) for question in axis.questions]) if apart else ()
        alike.setdefault((permits, states), []).append(number)
    return [(mask, tuple(numbers)) for (mask, _), numbers in alike.items()]


def state_of(cell: Cell, question: str) -> str:
    """How much a cell knows of a question: "" nothing, "given" the very value, otherwise "choice"."""
    if question in cell.given:
        return "given"
    return "choice" if question in cell.choices else ""


@lru_cache(4096)
def bits_of(mask: int) -> tuple[int, ...]:
    """The numbers of the bits that are set."""
    return tuple([at for at in range(mask.bit_length()) if mask >> at & 1])
