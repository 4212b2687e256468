"""Finds what a rulebook would not miss: arguments that never fire, never decide, or only repeat others."""

from collections.abc import Iterator, Mapping
from random import Random

from advisor.model import CompanionRule, Requirement, Rule, Rulebook
from advisor.space.axes import Axis, Cell, axes_of
from advisor.space.compiled import Box, Space, bits_of
from advisor.space.contest import contest_of
from advisor.space.scales import Scales
from advisor.space.search import Search, random_point
from advisor.space.sweep import Sweep

PROBES = 3000
"""How many random points are tried for a rule before its uselessness is proved or disproved."""


class Autopsy:
    """Looks at every argument of a rulebook over the whole space."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._space = Space(Scales(rulebook, {}), axes_of(rulebook))
        self._search = Search(self._space)

    def never_fires(self, argument: Rule | Requirement) -> bool:
        """Whether no answer set meets its condition."""
        return not all(self._where(argument))

    def decides(self, rule: Rule) -> Mapping[str, str] | None:
        """An answer set (known choices by question or fact id) that another mechanism would win without the rule.

        None when there is none: the rule never decides.
        """
        bit = self._space.scales.bit_of(rule.id)
        box = self._where(rule)
        if not all(box):
            return None
        chance = Random(0)  # the same points each time
        for _ in range(PROBES):
            point = random_point(box, chance)
            fired = self._space.fired(point)
            if self._space.scales.winner(fired) != self._space.scales.winner(fired & ~bit):
                return self._space.example(point)
        return self._decides_somewhere(rule)

    def repeats(self, rule: Rule) -> Rule | None:
        """A rule that fires whenever this one does, in the same concern, and says at least as much; or None."""
        box = self._where(rule)
        if not all(box):
            return None
        for other in self._rulebook.rules:
            louder = other.concern == rule.concern and all(
                _covers(other.points.get(mechanism, 0), points) for mechanism, points in rule.points.items()
            )
            if other is rule or not louder or not self._implies(box, self._where(other)):
                continue
            equal = other.points == rule.points and self._implies(self._where(other), box)
            if not equal or self._rulebook.rules.index(other) < self._rulebook.rules.index(rule):
                return other
        return None

    def idle(self, requirement: Requirement) -> frozenset[str]:
        """What it removes and others remove too whenever it fires."""
        box = self._where(requirement)
        if not all(box):
            return requirement.removes
        own = self._bit(requirement)
        return frozenset(
            mechanism for mechanism in requirement.removes if not self._escapes(box, self._removers(mechanism) & ~own)
        )

    def unasked(self, question: str) -> bool:
        """Whether no argument looks at a question, nor at a fact that follows from it."""
        facts = {fact.id for fact in self._rulebook.facts.values() if question in fact.factors}
        conditions = [each.when for each in self._rulebook.rules]
        conditions += [each.when for each in self._rulebook.requirements]
        conditions += [each.when for each in self._rulebook.companions]
        return not any({question, *facts} & set(condition.questions) for condition in conditions)

    def impossible(self, choices: Mapping[str, str]) -> bool:
        """Whether these choices, by question id, leave no mechanism whatever else is answered."""
        box = tuple(
            sum(
                1 << class_
                for class_, members in enumerate(found)
                if any(_agrees(axis.cells[cell], axis, choices) for cell in members)
            )
            for axis, found in zip(self._space.axes, self._space.members, strict=True)
        )
        return self._search.challenge(box, None) is None

    def joins(self, companion: CompanionRule) -> bool:
        """Whether one of its primaries wins some answer set in which it fires."""
        asked = Requirement(f"companion {companion.id}", companion.when, frozenset(), "", "")
        book = self._rulebook._replace(requirements=(*self._rulebook.requirements, asked))
        space = Space(Scales(book, {}), axes_of(book))
        box = Search(space).where(space.whole, space.scales.removals[-1][0])
        if not all(box):
            return False
        primaries = {space.scales.names.index(name) for name in companion.primaries}
        chance = Random(0)  # the same points each time
        if any(space.winner_at(random_point(box, chance)) in primaries for _ in range(PROBES)):
            return True
        contest = contest_of(book)
        endings = Sweep(contest.where(contest.bits[asked.id, 0]), {}).endings()
        return any(ending.winners and ending.winners[0] in companion.primaries for ending in endings)

    def _decides_somewhere(self, rule: Rule) -> Mapping[str, str] | None:
        """The same by going through the whole space, as far as the rule fires in it."""
        without = self._rulebook._replace(rules=tuple(each for each in self._rulebook.rules if each is not rule))
        both = contest_of(self._rulebook, without)
        contest = both.where(both.bits[rule.id, 0])
        sweep = Sweep(contest, {})
        for ending in sweep.endings():
            if ending.winners is not None and ending.winners[0] != ending.winners[1]:
                return sweep.example(ending)
        return None

    def _bit(self, argument: Rule | Requirement) -> int:
        if isinstance(argument, Rule):
            return self._space.scales.bit_of(argument.id)
        return self._space.scales.removals[self._rulebook.requirements.index(argument)][0]

    def _where(self, argument: Rule | Requirement) -> Box:
        return self._search.where(self._space.whole, self._bit(argument))

    def _implies(self, box: Box, other: Box) -> bool:
        return all(not here & ~there for here, there in zip(box, other, strict=True))

    def _removers(self, mechanism: str) -> int:
        at = self._space.scales.names.index(mechanism)
        return sum(bit for bit, removed in self._space.scales.removals if removed >> at & 1)

    def _escapes(self, box: Box, arguments: int) -> bool:
        """Whether some point of the box makes none of these arguments fire."""
        possible, certain = self._search.span(box)
        if arguments & certain:
            return False
        if not arguments & possible:
            return True
        bit = arguments & possible & -(arguments & possible)
        return any(self._escapes(part, arguments) for part in self._without(box, bit))

    def _without(self, box: Box, bit: int) -> Iterator[Box]:
        """The parts of the box, one an axis, in which the argument does not fire."""
        for axis, (permits, classes) in enumerate(zip(self._space.permits, box, strict=True)):
            refusing = sum(1 << class_ for class_ in bits_of(classes) if not permits[class_] & bit)
            if refusing:
                yield (*box[:axis], refusing, *box[axis + 1 :])


def _agrees(cell: Cell, axis: Axis, choices: Mapping[str, str]) -> bool:
    """Whether a cell has all those of the choices that are about its axis."""
    return all(cell.choices.get(name) == choices[name] for name in axis.questions if name in choices)


def _covers(louder: int, points: int) -> bool:
    """Whether a voice makes another one on the same side superfluous."""
    return louder * points > 0 and abs(louder) >= abs(points)
