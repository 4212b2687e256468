"""Finds an answer set in a box that another mechanism wins, or proves that there is none.

Branch and bound, one challenger after the other: who can be ahead is a question of the rules about two mechanisms.
"""

from collections.abc import Iterator

from advisor.space.compiled import Box, Point, Space, bits_of
from advisor.space.duel import Duel

TYPE_CHECKING = False
if TYPE_CHECKING:  # slow to import
    from random import Random


class Search:
    """Searches one space; remembers what it learned about concerns in boxes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.scales = space.scales
        self._duels: dict[tuple[int, int], Duel] = {}
        self._spans: list[dict[int, tuple[int, int]]] = [{} for _ in space.axes]

    def challenge(self, box: Box, holder: int | None) -> Point | None:
        """A point of the box where `holder` does not win; None when it wins everywhere in it.

        A holder of None stands for "nothing is left".
        """
        if holder is None:
            return self._alive(box)
        possible, _ = self.span(box)
        for bit, removed in self.scales.removals:
            if removed >> holder & 1 and possible & bit:
                return lowest(self.where(box, bit))
        return self._beaten(box, holder)

    def span(self, box: Box) -> tuple[int, int]:
        """The arguments that fire somewhere in the box, each by itself, and those that fire everywhere."""
        possible = certain = self.scales.conditions.everything
        for permits, classes, known in zip(self.space.permits, box, self._spans, strict=True):
            if classes not in known:
                some, every = 0, self.scales.conditions.everything
                for class_ in bits_of(classes):
                    some |= permits[class_]
                    every &= permits[class_]
                known[classes] = some, every
            some, every = known[classes]
            possible &= some
            certain &= every
        return possible, certain

    def challengers(self, box: Box, holder: int) -> Iterator[int]:
        """The mechanisms that the bound does not exclude from beating the holder, with none left out."""
        _, certain = self.span(box)
        gone = self.scales.gone(certain)
        return (
            mechanism
            for mechanism in range(len(self.scales.names))
            if mechanism != holder and not gone >> mechanism & 1 and self._duel(mechanism, holder).wins(box)
        )

    def _beaten(self, box: Box, holder: int) -> Point | None:
        """A point where some challenger is ahead: each is looked for by itself, which asks less than all together."""
        probe = lowest(box)
        if self.space.winner_at(probe) != holder:
            return probe
        found = (self._beaten_by(each, box, holder) for each in self.challengers(box, holder))
        return next((point for point in found if point), None)

    def _beaten_by(self, challenger: int, box: Box, holder: int) -> Point | None:
        """A point where the holder does not win; none only if the challenger is ahead nowhere in the box."""
        duel = self._duel(challenger, holder)
        if self.scales.gone(self.span(box)[1]) >> challenger & 1 or not duel.wins(box):
            return None
        probe = lowest(box)
        if self.space.winner_at(probe) != holder:
            return probe
        matters = self.scales.about[challenger] | self.scales.about[holder]
        axis = self.loosest(box, matters)
        if axis is None:
            return None
        parts = sorted(self.parts(box, axis, matters), key=lambda part: -duel.lead(part))
        return next((found for part in parts if (found := self._beaten_by(challenger, part, holder))), None)

    def _duel(self, challenger: int, holder: int) -> Duel:
        if (challenger, holder) not in self._duels:
            self._duels[challenger, holder] = Duel(self.space, challenger, holder)
        return self._duels[challenger, holder]

    def matters(self, box: Box, holder: int | None) -> int:
        """The arguments that are about a mechanism which may win somewhere in the box.

        `holder` is a mechanism that nothing may remove, or the search has less to go by.
        """
        possible, certain = self.span(box)
        gone = self.scales.gone(certain)
        left = [mechanism for mechanism in range(len(self.scales.names)) if not gone >> mechanism & 1]
        if holder is not None and not self.scales.gone(possible) >> holder & 1:
            left = [holder, *self.challengers(box, holder)]
            if len(left) == 1:
                return 0
        mask = 0
        for mechanism in left:
            mask |= self.scales.about[mechanism]
        return mask

    def loosest(self, box: Box, matters: int = -1) -> int | None:
        """The axis on which most of what matters still depends inside the box; None when nothing does."""
        possible, certain = self.span(box)
        open_ = possible & ~certain & matters
        weights = [0] * len(box)
        for axis, (permits, classes) in enumerate(zip(self.space.permits, box, strict=True)):
            if classes & (classes - 1):
                asked = {permits[class_] & open_ for class_ in bits_of(classes)}
                if len(asked) > 1:
                    some = every = next(iter(asked))
                    for each in asked:
                        some |= each
                        every &= each
                    weights[axis] = (some & ~every).bit_count()
        most = max(weights, default=0)
        return weights.index(most) if most else None

    def parts(self, box: Box, axis: int, matters: int = -1) -> Iterator[Box]:
        """The box, divided by what the axis permits of the arguments that matter and are still open."""
        possible, certain = self.span(box)
        open_ = possible & ~certain & matters
        groups: dict[int, int] = {}
        for class_ in bits_of(box[axis]):
            key = self.space.permits[axis][class_] & open_
            groups[key] = groups.get(key, 0) | 1 << class_
        for group in groups.values():
            yield (*box[:axis], group, *box[axis + 1 :])

    def where(self, box: Box, argument: int) -> Box:
        """The part of the box where an argument fires."""
        return tuple(
            sum(1 << class_ for class_ in bits_of(classes) if permits[class_] & argument)
            for permits, classes in zip(self.space.permits, box, strict=True)
        )

    def _alive(self, box: Box) -> Point | None:
        """A point where some mechanism is left."""
        possible, certain = self.span(box)
        every = (1 << len(self.scales.names)) - 1
        if self.scales.gone(certain) == every:
            return None
        probe = lowest(box)
        if self.space.winner_at(probe) is not None:
            return probe
        open_ = possible & ~certain & self.scales.requirements
        for axis, (permits, classes) in enumerate(zip(self.space.permits, box, strict=True)):
            if len({permits[class_] & open_ for class_ in bits_of(classes)}) > 1:
                return next((found for part in self.parts(box, axis) if (found := self._alive(part))), None)
        return None


def moved(point: Point, axis: int, classes: int) -> Point | None:
    """The point, moved on one axis into these classes where it lies outside of them; None when there are none."""
    if classes >> point[axis] & 1:
        return point
    return (*point[:axis], (classes & -classes).bit_length() - 1, *point[axis + 1 :]) if classes else None


def random_point(box: Box, chance: "Random") -> Point:
    """A point of the box by chance; none of its axes is empty."""
    return tuple(chance.choice(bits_of(classes)) for classes in box)


def lowest(box: Box) -> Point:
    """The point of a box that takes the first class of each axis."""
    return tuple((classes & -classes).bit_length() - 1 for classes in box)
