"""Puts answer files side by side: where they differ, and which differences decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from advisor.engine.advise import Adviser
from advisor.engine.facts import facts_of, values_of
from advisor.engine.weigh import winner_of
from advisor.model import Advice, AnswerFile, Component, ComponentAdvice, Rulebook, Value
from advisor.model.comparison import Comparison, ComponentComparison, Difference, Turn
from advisor.space.scales import NEUTRAL, ScalesBook

EXACT = 3
"""Up to so many answers, the smallest set that turns a winner is searched for; above, any that cannot be reduced."""

Key = tuple[bool, str]
"""What an answer is about: whether it is a priority, and the id of the concern or question."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What is known about one component on one side: question ids and priorities alike, by key."""

    scales: ScalesBook
    known: Mapping[Key, Value]

    @classmethod
    def of(cls, scales: ScalesBook, file: AnswerFile, component: Component) -> "_Side":
        rulebook = scales.rulebook
        values = {(False, name): value for name, value in values_of(rulebook, file, component).items()}
        priorities = {(True, concern): file.priorities.get(concern, NEUTRAL) for concern in rulebook.concerns}
        return cls(scales, {**values, **priorities})

    def taking(self, keys: Sequence[Key], other: "_Side") -> "_Side":
        """This side with some answers taken over from another; unknown is taken over as well."""
        kept = {key: value for key, value in self.known.items() if key not in keys}
        return _Side(self.scales, kept | {key: other.known[key] for key in keys if key in other.known})

    @property
    def winner(self) -> str | None:
        """The primary mechanism; None on a contradiction."""
        values = {name: value for (of_priority, name), value in self.known.items() if not of_priority}
        priorities = {name: int(value) for (of_priority, name), value in self.known.items() if of_priority}
        return winner_of(self.scales.under(priorities), facts_of(self.scales.rulebook, values))


def compare(rulebook: Rulebook, files: Sequence[AnswerFile]) -> Comparison:
    """Compare two or more answer files, component by component.

    Components are paired by name. Files with one component each are paired whatever the names are.
    """
    adviser = Adviser(rulebook)
    advices = tuple(adviser.on(file) for file in files)
    return Comparison(advices, tuple(_component(adviser.scales, files, advices, name) for name in _names(files)))


def _names(files: Sequence[AnswerFile]) -> list[str | None]:
    """The components' names in the order they first appear; None stands for the only component of each file."""
    names = list(dict.fromkeys(component.name for file in files for component in file.components))
    alone = len(names) > 1 and all(len(file.components) == 1 for file in files)
    return [None] if alone else [*names]


def _component(
    scales: ScalesBook, files: Sequence[AnswerFile], advices: Sequence[Advice], name: str | None
) -> ComponentComparison:
    sides: list[_Side | None] = []
    advised: list[ComponentAdvice | None] = []
    for file, advice in zip(files, advices, strict=True):
        at = next((n for n, each in enumerate(file.components) if name in {None, each.name}), None)
        sides.append(None if at is None else _Side.of(scales, file, file.components[at]))
        advised.append(None if at is None else advice.components[at])
    told = name or " / ".join(dict.fromkeys(each.name for each in advised if each))
    return ComponentComparison(told, tuple(advised), tuple(_differences(scales.rulebook, sides)), tuple(_turns(sides)))


def _differences(rulebook: Rulebook, sides: Sequence[_Side | None]) -> Iterator[Difference]:
    there = [side for side in sides if side]
    for key in _differing(rulebook, there):
        matters = any(one.taking([key], other).winner != one.winner for one, other in permutations(there, 2))
        values = tuple(side.known.get(key) if side else None for side in sides)
        yield Difference(key[1], key[0], values, matters)


def _differing(rulebook: Rulebook, sides: Sequence[_Side]) -> list[Key]:
    """What the sides do not answer alike, in the order of the rules file."""
    keys = [*((False, name) for name in rulebook.questions), *((True, name) for name in rulebook.concerns)]
    return [key for key in keys if len({side.known.get(key) for side in sides}) > 1]


def _turns(sides: Sequence[_Side | None]) -> Iterator[Turn]:
    first = sides[0]
    for number, other in enumerate(sides[1:], start=1):
        if first and other and first.winner != other.winner:
            keys = _differing(first.scales.rulebook, [first, other])
            yield Turn(number, tuple(name for _, name in _turning(first, other, keys)))


def _turning(first: _Side, other: _Side, keys: Sequence[Key]) -> Sequence[Key]:
    """Answers that give the first side the other's winner, each of them needed."""
    for size in range(1, EXACT + 1):
        for some in combinations(keys, size):
            if first.taking(some, other).winner == other.winner:
                return some
    return _reduced(first, other, list(keys))


def _reduced(first: _Side, other: _Side, keys: list[Key]) -> list[Key]:
    """A part of the answers that still gives the other's winner, and of which none can be spared."""
    for key in keys:
        fewer = [each for each in keys if each != key]
        if first.taking(fewer, other).winner == other.winner:
            return _reduced(first, other, fewer)
    return keys
