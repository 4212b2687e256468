"""What the arguments of a rulebook that fire amount to: who is removed, who has how many points, who wins."""

from collections.abc import Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from sys import byteorder
from typing import NamedTuple

from advisor.model import Requirement, Rule, Rulebook
from advisor.space.conditions import Conditions

Scores = tuple[int, ...]
DIGIT, BITS = 2, 16
EVEN, FULL = 1 << 15, (1 << 16) - 1
"""A mechanism has a digit of two bytes, so that up to 2,700 concerns can neither overflow it nor bring it to 0."""
NEUTRAL = 1
"""The priority of a concern that nobody changed."""


class Voice(NamedTuple):
    """What rules say to one mechanism on one side of one concern: the strongest of those that fire."""

    mechanism: int
    rules: tuple[tuple[int, int], ...]  # (bit of the rule, points times priority), strongest first

    def points(self, fired: int) -> int:
        """The points of the strongest rule that fires; 0 when none does."""
        for bit, points in self.rules:  # a loop, not next(): this is where the time goes
            if fired & bit:
                return points
        return 0


class Scale(NamedTuple):
    """One concern: the bits of its rules, and the voices that they make up."""

    rules: int
    voices: tuple[Voice, ...]


class Scales:
    """A rulebook, compiled for one set of priorities (what is missing counts as 1).

    Attributes:
        names: the mechanisms, simplest first. Everywhere else they are numbered in this order.
        conditions: when requirements and rules fire.
        requirements: the requirements, as a mask.
        priorities: 0, 1 or 2 by concern id, of every concern.
        removals: by requirement: its bit, and the mechanisms that it removes as a mask.
        concerns: those whose priority is not 0.
    """

    def __init__(self, rulebook: Rulebook, priorities: Mapping[str, int]) -> None:
        self.rulebook = rulebook
        self.names = tuple(rulebook.mechanisms)
        self.conditions = Conditions((*rulebook.requirements, *rulebook.rules))
        self.requirements = (1 << len(rulebook.requirements)) - 1
        number = {name: at for at, name in enumerate(self.names)}
        self.removals = tuple(
            (1 << bit, sum(1 << number[name] for name in requirement.removes))
            for bit, requirement in enumerate(rulebook.requirements)
        )
        self._bits = {rule.id: 1 << len(rulebook.requirements) + at for at, rule in enumerate(rulebook.rules)}
        self.priorities = {concern: priorities.get(concern, NEUTRAL) for concern in rulebook.concerns}
        self.concerns = tuple(
            self._scale([rule for rule in rulebook.rules if rule.concern == name], weight, number)
            for name, weight in self.priorities.items()
            if weight
        )
        self._scores: list[dict[int, Scores]] = [{} for _ in self.concerns]
        # Who wins is asked most of all. So the points of all mechanisms are one number, with a digit for each:
        # adding to all is one addition. A digit starts in the middle, and is 0 for a mechanism that is removed.
        self._packed: list[dict[int, int]] = [{} for _ in self.concerns]
        self._left: dict[int, int] = {}
        self._gone: dict[int, int] = {}
        self._even = sum([EVEN << BITS * at for at in range(len(self.names))])

    @cached_property
    def about(self) -> tuple[int, ...]:
        """By mechanism: the arguments that are about it."""
        masks = [0] * len(self.names)
        for bit, removed in self.removals:
            for mechanism in range(len(masks)):
                masks[mechanism] |= bit if removed >> mechanism & 1 else 0
        for concern in self.concerns:
            for voice in concern.voices:
                masks[voice.mechanism] |= sum(bit for bit, _ in voice.rules)
        return tuple(masks)

    def bit_of(self, rule: str) -> int:
        """The bit of a rule by its id."""
        return self._bits[rule]

    def requirements_of(self, fired: int) -> list[Requirement]:
        """The requirements among some arguments, in the file's order."""
        return [each for bit, each in enumerate(self.rulebook.requirements) if fired >> bit & 1]

    def rules_of(self, fired: int) -> list[Rule]:
        """The rules among some arguments, in the file's order."""
        rules = fired >> len(self.rulebook.requirements)
        return [each for bit, each in enumerate(self.rulebook.rules) if rules >> bit & 1]

    def gone(self, fired: int) -> int:
        """The mechanisms that the requirements among the fired arguments remove, as a mask."""
        bits = fired & self.requirements
        mask = self._gone.get(bits)
        if mask is None:
            mask = self._gone[bits] = reduce(or_, [removed for bit, removed in self.removals if bits & bit], 0)
        return mask

    def totals(self, fired: int) -> list[int]:
        """The points of every mechanism when these arguments fire, requirements aside."""
        parts = [self.scores(number, fired) for number in range(len(self.concerns))]
        return list(map(sum, zip(*parts, strict=True))) if parts else [0] * len(self.names)

    def scores(self, number: int, fired: int) -> Scores:
        """The points of every mechanism in one concern when these arguments fire."""
        concern, known = self.concerns[number], self._scores[number]
        bits = fired & concern.rules
        if bits not in known:
            points = [0] * len(self.names)
            for voice in concern.voices:
                points[voice.mechanism] += voice.points(bits)
            known[bits] = tuple(points)
        return known[bits]

    def winner(self, fired: int) -> int | None:
        """The mechanism that wins when these arguments fire; None when nothing is left."""
        total = self._even
        for concern, packed in zip(self.concerns, self._packed, strict=True):
            bits = fired & concern.rules
            points = packed.get(bits)
            if points is None:
                points = packed[bits] = self._pack(concern, bits)
            total += points
        gone = self.gone(fired)
        if gone:
            total &= self._kept(gone)
        digits = memoryview(total.to_bytes(DIGIT * len(self.names), byteorder)).cast("H")
        best = max(digits, default=0)
        return digits.tolist().index(best) if best else None

    def _pack(self, concern: Scale, fired: int) -> int:
        """The points of every mechanism in one number, with a digit for each."""
        return sum([voice.points(fired) << BITS * voice.mechanism for voice in concern.voices])

    def _kept(self, gone: int) -> int:
        """The digits of the mechanisms that are left."""
        if gone not in self._left:
            left = [at for at in range(len(self.names)) if not gone >> at & 1]
            self._left[gone] = sum([FULL << BITS * at for at in left])
        return self._left[gone]

    def _scale(self, rules: Sequence[Rule], weight: int, number: Mapping[str, int]) -> Scale:
        sides: dict[tuple[int, bool], list[tuple[int, int]]] = {}
        bits = 0
        for rule in rules:
            bit = self._bits[rule.id]
            bits |= bit
            for mechanism, points in rule.points.items():
                sides.setdefault((number[mechanism], points > 0), []).append((bit, points * weight))
        voices = (
            Voice(mechanism, tuple(sorted(side, key=lambda each: -abs(each[1]))))
            for (mechanism, _), side in sides.items()
        )
        return Scale(bits, tuple(voices))


class ScalesBook:
    """The scales of a rulebook, made once for each set of priorities."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._known: dict[tuple[int, ...], Scales] = {}

    def under(self, priorities: Mapping[str, int]) -> Scales:
        """The scales for 0, 1 or 2 by concern id; what is missing counts as 1."""
        key = tuple([priorities.get(concern, NEUTRAL) for concern in self.rulebook.concerns])
        if key not in self._known:
            self._known[key] = Scales(self.rulebook, priorities)
        return self._known[key]
