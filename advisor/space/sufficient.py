"""A smallest part of the answers that forces the result by itself."""

from collections.abc import Iterable, Mapping

from advisor.model import Rulebook, Value
from advisor.space.answered import Answered
from advisor.space.compiled import Box, Point
from advisor.space.scales import Scales
from advisor.space.search import lowest, moved


def sufficient(rulebook: Rulebook, values: Mapping[str, Value], priorities: Mapping[str, int]) -> Mapping[str, Value]:
    """A smallest subset of the given answers that forces the winner, whatever all other questions are answered.

    Where even all given answers do not force it, because a question that nobody answered could still change
    it (see `settled`), those questions are taken to stay unknown: the subset then forces the winner whatever
    the *other given* ones were answered. On a contradiction it forces that nothing is left. There may be
    several smallest subsets; the result is always the same one of them. See `settled` for the arguments.
    """
    return sufficient_in(Answered(Scales(rulebook, priorities), values))


def sufficient_in(answered: Answered) -> Mapping[str, Value]:
    """See `sufficient`."""
    start = answered.box(answered.values, answered.unknown)
    winner = answered.space.winner_at(lowest(start))
    free = answered.search.challenge(answered.box(answered.values), winner) is None
    return _Subset(answered, winner, () if free else answered.unknown).smallest()


class _Subset:
    """The search for it: every counterexample tells a set of answers of which one at least is needed.

    A subset suffices when no point that agrees with it has another result. A point that has is a
    counterexample, and the subset lacks an answer with which that point disagrees. So the smallest subset
    that has an answer of every such set is tried, until one suffices (an implicit hitting set).
    """

    def __init__(self, answered: Answered, winner: int | None, unknown: tuple[str, ...]) -> None:
        self._answered = answered
        self._winner = winner
        self._unknown = unknown
        self._home = lowest(answered.box(answered.values, answered.unknown))

    def smallest(self) -> dict[str, Value]:
        """The answers of the subset, in the file's order."""
        needed: list[frozenset[str]] = []
        chosen: frozenset[str] = frozenset()
        while True:
            chosen = smallest_hitting(needed, at_least=len(chosen))
            point = self._answered.search.challenge(self._box(chosen), self._winner)
            if point is None:
                return {name: value for name, value in self._answered.values.items() if name in chosen}
            needed.append(self._disagrees(chosen, point))

    def _box(self, chosen: Iterable[str]) -> Box:
        return self._answered.box(chosen, self._unknown)

    def _disagrees(self, chosen: frozenset[str], point: Point) -> frozenset[str]:
        """The answers that the point contradicts, after as many as possible were taken back."""
        kept = set(chosen)
        box = self._box(chosen)
        for name in self._answered.values:
            if name not in kept:
                at = self._answered.axis_of(name)
                narrowed = self._answered.narrowed(box, name)
                nearer = moved(point, at, narrowed[at])
                if nearer is not None and (nearer == point or self._answered.space.winner_at(nearer) != self._winner):
                    point, box = nearer, narrowed
                    kept.add(name)
        return frozenset(name for name in self._answered.values if name not in kept)


def smallest_hitting(sets: Iterable[frozenset[str]], *, at_least: int = 0) -> frozenset[str]:
    """A smallest set that shares a member with every one of `sets` (none of which is empty).

    `at_least` is a number of members that it is known to need: more sets need no fewer.
    """
    wanted = sorted(set(sets), key=len)
    size = at_least
    while True:
        found = _hitting(wanted, size)
        if found is not None:
            return found
        size += 1


def _hitting(sets: list[frozenset[str]], size: int) -> frozenset[str] | None:
    """A set of at most `size` members that shares one with every set; None when there is none."""
    if not sets:
        return frozenset()
    if size == 0:
        return None
    for member in sorted(sets[0]):
        rest = _hitting([each for each in sets if member not in each], size - 1)
        if rest is not None:
            return rest | {member}
    return None
