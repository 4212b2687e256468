"""The states of one part of the space, axis by axis (see `advisor.space.census`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2, prod
from typing import Any, NamedTuple

from advisor.space.contest import Contest
from advisor.space.effects import BIAS, Effects, bytes_of, check_loudness

TOP = 2 * BIAS + 1
"""Where the best lane is: the others stay above 0, and below 256 while points are added."""

# Tables for bytes.translate, by the best byte: the best is moved to TOP and the others with it, 0 stays;
# and 255 for each byte that is at least the best, 0 for the others.
RAMP = bytes(256) + bytes(range(TOP)) + bytes([TOP]) * 256
SHIFTED = tuple(b"\0" + RAMP[257 + TOP - best : 512 + TOP - best] for best in range(256))
ABOVE = tuple(bytes(best) + b"\xff" * (256 - best) for best in range(256))

Path = tuple[Any, ...]  # () or (the path before, the class taken)
_State = tuple[int, list[Any]]  # the points of the lanes; [how many answer sets, the path of one, lanes in]
_States = dict[int, dict[int, list[Any]]]  # by what is pending, by points


class Ending(NamedTuple):
    """Answer sets with one outcome: the winner of each rulebook; None: only that they agree is known."""

    winners: tuple[str | None, ...] | None
    sets: int
    tie: bool
    path: Path


class Group(NamedTuple):
    """Classes of an axis that the part does not tell apart: how many cells, and one class."""

    permits: int
    cells: int
    class_: int


class Sweep:
    """One part of the space: some axes are taken (class by axis), the others are gone through."""

    def __init__(self, contest: Contest, taken: Mapping[int, int]) -> None:
        self._contest = contest
        self._taken = taken
        possible = (1 << contest.arguments) - 1
        for axis, class_ in taken.items():
            possible &= contest.permits[axis][class_]
        left = [axis for axis in range(len(contest.axes)) if axis not in taken]
        for axis in left:
            possible &= _union(contest.permits[axis])
        self._order, asked = _order(contest, left, possible)
        self._lanes = [lane for lane in contest.lanes if not lane.removed_by & asked[0]]
        check_loudness(self._lanes)
        self._effects = Effects(self._lanes, asked, 1 << contest.arguments)
        self._start = possible | self._effects.marks
        self._books = [bytes_of(bool(lane.books >> book & 1) for lane in self._lanes) for book in range(contest.books)]
        self._shared = bytes_of(lane.books == (1 << contest.books) - 1 for lane in self._lanes)
        cells = [sum(map(len, contest.members[axis])) for axis in self._order]
        self._rest = [prod(cells[at:]) for at in range(len(cells) + 1)]

    def endings(self) -> Iterator[Ending]:
        """All endings; together they hold each answer set of the part once."""
        fresh = sum(TOP << 8 * at for at in range(len(self._lanes)))
        states: _States = {}
        start = [(fresh, [1, (), bytes_of(True for _ in self._lanes)])]
        yield from self._enter(0, (self._start, self._start), start, states, Group(0, 1, -1))
        for step, axis in enumerate(self._order, start=1):
            following: _States = {}
            for pending, table in states.items():
                for group in self._groups(axis, pending):
                    after = pending & group.permits
                    yield from self._enter(step, (pending, after), table.items(), following, group)
            states = following

    def example(self, ending: Ending) -> dict[str, str]:
        """An answer set of an ending, as known choices by question or fact id."""
        classes: list[int] = []
        path = ending.path
        while path:
            path, class_ = path
            classes.append(class_)
        point = {**self._taken, **dict(zip(self._order, classes[-2::-1], strict=False))}
        return self._contest.example([point.get(axis, 0) for axis in range(len(self._contest.axes))])

    def _enter(
        self, step: int, pendings: tuple[int, int], table: Iterable[_State], following: _States, group: Group
    ) -> Iterator[Ending]:
        """Take a step from each state of a table; what is decided ends, the rest goes into `following`."""
        gain, low, high, keep, safe, pending = self._effects.of(step, *pendings)
        matter = self._effects.matter
        size, books, many = len(self._lanes), self._books, self._contest.books > 1
        for lanes, (sets, path, before) in table:
            live = keep & before
            digits = ((lanes + gain) & live).to_bytes(size, "little")
            points = int.from_bytes(digits.translate(SHIFTED[max(digits, default=0)]), "little")
            reach = (points + high).to_bytes(size, "little")
            alive = 0
            decided = True
            for book in books:
                sure = max(((points + low) & safe & live & book).to_bytes(size, "little"), default=0)
                able = int.from_bytes(reach.translate(ABOVE[sure]), "little") & live & book
                alive |= able
                decided = decided and (not able or (able.bit_count() == 8 and not able & ~safe))
            later = pending & matter(alive)
            if decided or not later:
                yield self._ending(points & alive, sets * group.cells * self._rest[step], (path, group.class_))
            elif many and not alive & ~self._shared:
                yield Ending(None, sets * group.cells * self._rest[step], False, (path, group.class_))
            else:
                tables = following.setdefault(later, {})
                state = tables.get(points & alive)
                if state is None:
                    tables[points & alive] = [sets * group.cells, (path, group.class_), alive]
                else:
                    state[0] += sets * group.cells

    def _ending(self, points: int, sets: int, path: Path) -> Ending:
        digits = points.to_bytes(len(self._lanes), "little")
        winners: list[str | None] = []
        tie = False
        for book in range(self._contest.books):
            lanes = [(lane, at) for lane, at in zip(self._lanes, digits, strict=True) if at and lane.books >> book & 1]
            best = max((at for _, at in lanes), default=0)
            first = [lane for lane, at in lanes if at == best]
            winners.append(min(first, key=lambda lane: lane.places[book]).name if first else None)
            tie = tie or len(first) > 1
        return Ending(tuple(winners), sets, tie, path)

    def _groups(self, axis: int, pending: int) -> list[Group]:
        """The classes of an axis, those together that permit the same of what is pending."""
        alike: dict[int, tuple[int, int]] = {}
        for class_, (permits, members) in enumerate(
            zip(self._contest.permits[axis], self._contest.members[axis], strict=True)
        ):
            cells, first = alike.get(permits & pending, (0, class_))
            alike[permits & pending] = cells + len(members), first
        marks = pending & self._effects.marks
        return [Group(permits | marks, cells, class_) for permits, (cells, class_) in alike.items()]


def _order(contest: Contest, axes: Iterable[int], possible: int) -> tuple[list[int], list[int]]:
    """An order of the axes in which lanes soon fall behind, and the arguments fully asked by step.

    First comes what settles most points and leaves few half asked, for the number of its classes.
    """
    looks = {axis: asked_on(contest.permits[axis]) & possible for axis in axes}
    order: list[int] = []
    left = list(looks)
    touched = 0
    done = [possible & ~_union(looks.values())]

    def gain(axis: int) -> float:
        later = _union(looks[other] for other in left if other != axis)
        settles = contest.weight(possible & ~later & ~done[-1])
        opens = contest.weight((touched | looks[axis]) & later)
        classes = {permits & looks[axis] for permits in contest.permits[axis]}
        return (settles - opens / 5) / log2(max(2, len(classes)))

    while left:
        axis = max(left, key=gain)
        left.remove(axis)
        order.append(axis)
        touched |= looks[axis]
        done.append(possible & ~_union(looks[other] for other in left))
    return order, done


def asked_on(permits: Sequence[int]) -> int:
    """The arguments that an axis decides: some of its classes permit them, and some do not."""
    every = permits[0]
    for each in permits:
        every &= each
    return _union(permits) & ~every


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
