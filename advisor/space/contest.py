"""One rulebook, or several side by side, as mechanisms that compete in the same space of answers.

A *lane* is a mechanism in some of the rulebooks: where all rulebooks say the same of a mechanism, it has one
lane for all of them. What rulebooks share is then computed once, and where only shared lanes are left they
agree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

from advisor.model import Requirement, Rulebook
from advisor.space.axes import Axis, axes_of
from advisor.space.compiled import classes_of
from advisor.space.conditions import Argument, Conditions
from advisor.space.scales import Voice


@dataclass(frozen=True, slots=True)
class Lane:
    """A mechanism in some of the rulebooks.

    Attributes:
        name: the mechanism.
        places: how simple it is in each rulebook: 0 is the simplest of the file.
        books: the rulebooks that it stands in, as a mask.
        removed_by: the bits of the requirements that remove it.
        voices: what the rules say to it.
    """

    name: str
    places: Mapping[int, int]
    books: int
    removed_by: int
    voices: tuple[Voice, ...]


MOST_PARTS = 40
"""When the rest of the space would fall into more parts than this, it is counted whole."""
REMOVAL = 3
"""What a removal weighs beside points, where only an order is chosen by it."""


@dataclass(frozen=True)
class Contest:
    """The lanes of one or several rulebooks, and the axes that decide between them.

    Attributes:
        books: how many rulebooks there are.
        arguments: how many different requirements and rules they have.
        permits: by axis and class: the bits of the arguments that do not ask for another class.
        members: by axis and class: the numbers of the cells in it.
        orders: the mechanisms, simplest first, in as many ways as the rulebooks order them.
        bits: by the id of a rule or requirement, and the number of the rulebook: its bit.
    """

    books: int
    arguments: int
    axes: tuple[Axis, ...]
    permits: tuple[tuple[int, ...], ...]
    members: tuple[tuple[tuple[int, ...], ...], ...]
    lanes: tuple[Lane, ...]
    orders: frozenset[tuple[str, ...]]
    bits: dict[tuple[str, int], int]

    @property
    def size(self) -> int:
        """How many answer sets there are."""
        return prod(sum(map(len, members)) for members in self.members)

    def disputed(self) -> Iterator["Contest"]:
        """The parts of the space, none overlapping, where an argument fires that not all rulebooks have.

        Where the rulebooks have other mechanisms, or order them otherwise, that is the whole space.
        """
        rest = [self]
        if len(self.orders) > 1:
            yield self
            return
        for bit in self._own:
            for part in rest:
                inside = part.where(bit)
                if all(inside.permits):
                    yield inside
            rest = [outside for part in rest for outside in part.elsewhere(bit)]
            if len(rest) > MOST_PARTS:
                yield from rest
                return

    def where(self, bit: int) -> "Contest":
        """The part where an argument fires; an axis without classes when there is none."""
        return self._kept([[at for at, allowed in enumerate(axis) if allowed & bit] for axis in self.permits])

    def elsewhere(self, bit: int) -> Iterator["Contest"]:
        """The parts, none overlapping, that make up the rest."""
        kept = [list(range(len(axis))) for axis in self.permits]
        for number, axis in enumerate(self.permits):
            refusing = [at for at, allowed in enumerate(axis) if not allowed & bit]
            if refusing:
                yield self._kept([*kept[:number], refusing, *kept[number + 1 :]])
            kept[number] = [at for at, allowed in enumerate(axis) if allowed & bit]
            if not kept[number]:
                return

    def _kept(self, kept: Sequence[Sequence[int]]) -> "Contest":
        """The part with these classes of each axis."""
        return replace(
            self,
            permits=tuple(tuple(axis[at] for at in some) for axis, some in zip(self.permits, kept, strict=True)),
            members=tuple(tuple(axis[at] for at in some) for axis, some in zip(self.members, kept, strict=True)),
        )

    @cached_property
    def _own(self) -> tuple[int, ...]:
        """The arguments that some rulebooks have and others do not."""
        books = {
            bit: {number for (_, number), other in self.bits.items() if other == bit} for bit in self.bits.values()
        }
        return tuple(bit for bit, numbers in books.items() if len(numbers) < self.books)

    def weight(self, arguments: int) -> int:
        """How much these arguments can matter: the points that they give, and three for each removal."""
        return sum(weight for bit, weight in self._weights.items() if arguments & bit)

    @cached_property
    def _weights(self) -> dict[int, int]:
        weights = dict.fromkeys(self.bits.values(), 0)
        for lane in self.lanes:
            for bit in weights:
                weights[bit] += REMOVAL if lane.removed_by & bit else 0
            for voice in lane.voices:
                for bit, points in voice.rules:
                    weights[bit] += abs(points)
        return weights

    def example(self, point: Sequence[int]) -> dict[str, str]:
        """One of the answer sets of a point: the known choices by question or fact id."""
        known: dict[str, str] = {}
        for axis, members, class_ in zip(self.axes, self.members, point, strict=True):
            known.update(axis.cells[members[class_][0]].choices)
        return known


def contest_of(*rulebooks: Rulebook) -> Contest:
    """The contest of rulebooks that ask the same questions."""
    first = rulebooks[0]
    rules = tuple(rule for book in rulebooks for rule in book.rules)
    requirements = tuple(requirement for book in rulebooks for requirement in book.requirements)
    axes = axes_of(first._replace(rules=rules, requirements=requirements))
    arguments: list[Argument] = []
    bits: dict[tuple[str, int], int] = {}
    for number, book in enumerate(rulebooks):
        both: tuple[Argument, ...] = (*book.requirements, *book.rules)
        for each in both:
            at = next((at for at, other in enumerate(arguments) if _meaning(other) == _meaning(each)), len(arguments))
            if at == len(arguments):
                arguments.append(each)
            bits[each.id, number] = 1 << at
    conditions = Conditions(arguments)
    found = [classes_of(axis, conditions) for axis in axes]
    return Contest(
        len(rulebooks),
        len(arguments),
        axes,
        tuple(tuple(permits for permits, _ in classes) for classes in found),
        tuple(tuple(members for _, members in classes) for classes in found),
        tuple(shared(lane for number, book in enumerate(rulebooks) for lane in _lanes(book, number, bits))),
        frozenset(tuple(book.mechanisms) for book in rulebooks),
        bits,
    )


def _meaning(argument: Argument) -> tuple[object, ...]:
    """What an argument says, apart from its name and its words."""
    if isinstance(argument, Requirement):
        return frozenset(argument.when.terms), argument.removes
    return frozenset(argument.when.terms), argument.concern, frozenset(argument.points.items())


def _lanes(book: Rulebook, number: int, bits: dict[tuple[str, int], int]) -> Iterator[Lane]:
    for place, name in enumerate(book.mechanisms):
        removed_by = sum({bits[each.id, number] for each in book.requirements if name in each.removes})
        voices = sorted(_voices(book, name, number, bits), key=lambda voice: voice.rules)
        yield Lane(name, {number: place}, 1 << number, removed_by, tuple(voices))


def _voices(book: Rulebook, mechanism: str, number: int, bits: dict[tuple[str, int], int]) -> Iterator[Voice]:
    sides: dict[tuple[str, bool], set[tuple[int, int]]] = {}
    for rule in book.rules:
        if points := rule.points.get(mechanism):
            sides.setdefault((rule.concern, points > 0), set()).add((bits[rule.id, number], points))
    for side in sides.values():
        yield Voice(0, tuple(sorted(side, key=lambda each: (-abs(each[1]), each[0]))))


def shared(lanes: Iterable[Lane]) -> Iterator[Lane]:
    """The lanes, those that say the same in several rulebooks joined to one."""
    alike: dict[tuple[str, int, tuple[Voice, ...]], list[Lane]] = {}
    for lane in lanes:
        alike.setdefault((lane.name, lane.removed_by, lane.voices), []).append(lane)
    for same in alike.values():
        places = {number: place for lane in same for number, place in lane.places.items()}
        yield replace(same[0], books=sum(lane.books for lane in same), places=places)
