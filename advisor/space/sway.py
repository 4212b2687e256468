"""Whether one question can change the winner, whatever else is answered.

Points are tried, boxes are searched; and where that does not end soon, all other answers are gone through once.
For that the question's possible answers become rulebooks side by side (see `advisor.space.contest`): in each,
what the answer does not permit is left out. Mechanisms about which the question says nothing are then shared.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from random import Random

from advisor.space.answered import Answered
from advisor.space.compiled import Box, Point, Space, bits_of
from advisor.space.contest import Contest, Lane, shared
from advisor.space.neighbours import Neighbours
from advisor.space.scales import Voice
from advisor.space.search import Search, lowest, random_point
from advisor.space.sweep import Sweep

PROBES = 64
"""How many random points are tried first."""
BOXES = 100
"""How many boxes are searched before the proof that takes longer, and always ends."""


class Swing:
    """Whether one question can change the winner, all other answers being the same.

    Args:
        answered: the answers so far.
        question: an unanswered one.
        patience: how many boxes to look into before giving up with yes; None: prove it.
    """

    def __init__(self, answered: Answered, question: str, patience: int | None) -> None:
        self.patience = BOXES if patience is None else patience
        self._exact = patience is None
        self._answered = answered
        self._axis = answered.axis_of(question)
        self._neighbours = Neighbours(answered, question)
        permits = answered.space.permits[self._axis]
        some = every = permits[0]
        for each in permits:
            some |= each
            every &= each
        self._asked = some & ~every

    def exists(self, box: Box) -> bool:
        """Whether it can inside the box: by trying, and then by a search that ends in a proof."""
        if not self._asked & self._answered.search.span(box)[0]:
            return False
        chance = Random(0)  # the same points each time
        if any(self._at(random_point(box, chance)) for _ in range(PROBES)):
            return True
        found = self._search(box)
        if self.patience >= 0 or not self._exact:
            return found
        return sways(self._answered.space, box, self._axis, self._neighbours.pairs())

    def _search(self, box: Box) -> bool:
        self.patience -= 1
        if self.patience < 0:
            return True
        search = self._answered.search
        point = lowest(box)
        if self._at(point):
            return True
        matters = search.matters(box, self._answered.space.winner_at(point))
        possible, certain = search.span(box)
        if not self._asked & matters & possible & ~certain:
            return False
        closed = tuple(1 << point[at] if at == self._axis else classes for at, classes in enumerate(box))
        axis = search.loosest(closed, matters)
        return axis is not None and any(self._search(part) for part in search.parts(box, axis, matters))

    def _at(self, point: Point) -> bool:
        """Whether it can where all other answers are those of a point."""
        space, axis = self._answered.space, self._axis
        classes: dict[int | None, list[int]] = {}
        for class_ in self._neighbours.classes:
            winner = space.winner_at((*point[:axis], class_, *point[axis + 1 :]))
            classes.setdefault(winner, []).append(class_)
        return any(
            self._neighbours.are(min(pair), max(pair))
            for some, others in combinations(classes.values(), 2)
            for pair in product(some, others)
        )


def sways(space: Space, box: Box, axis: int, pairs: Iterable[tuple[int, int]]) -> bool:
    """Whether two classes of an axis that form a pair have different winners somewhere in the box.

    Raises:
        RulesError: the points are too many to count with.
    """
    possible, _ = Search(space).span(box)
    kinds: dict[int, int] = {}
    kind_of = {
        class_: kinds.setdefault(space.permits[axis][class_] & possible, len(kinds)) for class_ in bits_of(box[axis])
    }
    wanted = {
        (kind_of[one], kind_of[other])
        for one, other in pairs
        if one in kind_of and other in kind_of and kind_of[one] != kind_of[other]
    }
    endings = Sweep(_contest(space, box, axis, list(kinds)), {}).endings()
    return any(
        ending.winners is not None and any(ending.winners[one] != ending.winners[other] for one, other in wanted)
        for ending in endings
    )


def _contest(space: Space, box: Box, axis: int, kinds: list[int]) -> Contest:
    """The answers to a question, by what they permit, as rulebooks over the other axes of the box."""
    others = [at for at in range(len(space.axes)) if at != axis]
    classes = [bits_of(box[at]) for at in others]
    return Contest(
        books=len(kinds),
        arguments=space.scales.conditions.everything.bit_length(),
        axes=tuple(space.axes[at] for at in others),
        permits=tuple(
            tuple(space.permits[at][each] for each in some) for at, some in zip(others, classes, strict=True)
        ),
        members=tuple(
            tuple(space.members[at][each] for each in some) for at, some in zip(others, classes, strict=True)
        ),
        lanes=tuple(shared(lane for book, permits in enumerate(kinds) for lane in _lanes(space, book, permits))),
        orders=frozenset({space.scales.names}),
        bits={(str(bit), 0): 1 << bit for bit in range(space.scales.conditions.everything.bit_length())},
    )


def _lanes(space: Space, book: int, permits: int) -> Iterator[Lane]:
    voices: dict[int, list[Voice]] = {}
    for concern in space.scales.concerns:
        for voice in concern.voices:
            rules = tuple((bit, points) for bit, points in voice.rules if bit & permits)
            if rules:
                voices.setdefault(voice.mechanism, []).append(voice._replace(mechanism=0, rules=rules))
    for place, name in enumerate(space.scales.names):
        removed_by = sum(bit for bit, removed in space.scales.removals if removed >> place & 1 and bit & permits)
        yield Lane(name, {book: place}, 1 << book, removed_by, tuple(voices.get(place, ())))
