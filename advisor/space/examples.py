"""Makes an example of an answer set short: leaves out every answer that its result does not need."""

from collections.abc import Mapping

from advisor.model import Rulebook
from advisor.space.axes import axes_of
from advisor.space.compiled import Point, Space


def shortest(rulebook: Rulebook, known: Mapping[str, str]) -> dict[str, str]:
    """The known choices without those that can be unknown as well, with the same winner and the same ties.

    No single further one can be left out; facts stand only where the bands of their numbers leave them open.
    """
    space = Space(rulebook, axes_of(rulebook), {})
    cells = [_cell(space, axis, known) for axis in range(len(space.axes))]
    point = tuple(_class_of(space, axis, cell) for axis, cell in enumerate(cells))
    wanted = _result(space, point)
    left: dict[str, str] = {}
    for axis, cell in enumerate(cells):
        empty = next(at for at, each in enumerate(space.axes[axis].cells) if not each.choices)
        shorter = (*point[:axis], _class_of(space, axis, empty), *point[axis + 1 :])
        if _result(space, shorter) == wanted:
            point = shorter
        else:
            left |= space.axes[axis].cells[cell].choices
    return left


def _cell(space: Space, axis: int, known: Mapping[str, str]) -> int:
    """The cell of an axis that the known choices describe."""
    cells = space.axes[axis].cells
    names = {name for cell in cells for name in cell.choices}
    wanted = {name: known[name] for name in names if name in known}
    return next(at for at, cell in enumerate(cells) if cell.choices == wanted)


def _class_of(space: Space, axis: int, cell: int) -> int:
    return next(class_ for class_, members in enumerate(space.members[axis]) if cell in members)


def _result(space: Space, point: Point) -> tuple[int, ...]:
    """The mechanisms with the most points of those that are left; empty when none is left."""
    fired = space.fired(point)
    gone = space.gone(fired)
    left = {at: total for at, total in enumerate(space.totals(fired)) if not gone >> at & 1}
    best = max(left.values(), default=0)
    return tuple(at for at, total in left.items() if total == best)
