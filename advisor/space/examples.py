"""Makes an example of an answer set short: leaves out every answer that its result does not need."""

from collections.abc import Callable, Mapping

from advisor.model import Rulebook
from advisor.space.axes import Axis, axes_of
from advisor.space.compiled import Space
from advisor.space.scales import Scales

Result = Callable[[Scales, int], object]


def front_runners(scales: Scales, fired: int) -> tuple[int, ...]:
    """The mechanisms with the most points of those that are left; empty when none is left."""
    gone = scales.gone(fired)
    left = {at: total for at, total in enumerate(scales.totals(fired)) if not gone >> at & 1}
    best = max(left.values(), default=0)
    return tuple(at for at, total in left.items() if total == best)


def shortest(known: Mapping[str, str], *rulebooks: Rulebook, result: Result = front_runners) -> dict[str, str]:
    """The known choices without those that can be unknown as well, with the same result in every rulebook.

    No single further one can be left out. A fact stands beside the bands of its numbers.
    """
    everything = rulebooks[0]._replace(
        rules=tuple(rule for book in rulebooks for rule in book.rules),
        requirements=tuple(requirement for book in rulebooks for requirement in book.requirements),
    )
    axes = axes_of(everything)
    spaces = [Space(Scales(book, {}), axes) for book in rulebooks]
    cells = [_cell(axis, known) for axis in axes]

    def outcome() -> list[object]:
        return [result(space.scales, space.fired(tuple(map(_class_of, space.members, cells)))) for space in spaces]

    wanted = outcome()
    for at, axis in enumerate(axes):
        before = cells[at]
        cells[at] = next(number for number, cell in enumerate(axis.cells) if not cell.choices)
        if outcome() != wanted:
            cells[at] = before
    return {
        name: choice
        for axis, cell in zip(axes, cells, strict=True)
        for name, choice in axis.cells[cell].choices.items()
    }


def _cell(axis: Axis, known: Mapping[str, str]) -> int:
    """The cell that the known choices describe."""
    names = {name for cell in axis.cells for name in cell.choices}
    wanted = {name: known[name] for name in names if name in known}
    return next(number for number, cell in enumerate(axis.cells) if cell.choices == wanted)


def _class_of(members: tuple[tuple[int, ...], ...], cell: int) -> int:
    return next(class_ for class_, cells in enumerate(members) if cell in cells)
