"""Which arguments the golden cases exercise: which fired, and which decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advisor.check.golden import GoldenCase
from advisor.engine.facts import facts_of, values_of
from advisor.engine.weigh import winner_of
from advisor.model import Requirement, Rule, Rulebook
from advisor.space import Scales


@dataclass(frozen=True, slots=True)
class Coverage:
    """By the id of a rule or requirement, in the file's order: in how many cases it did something.

    Attributes:
        cases: how many cases there are.
        fired: in how many its condition held.
        decided: in how many another mechanism (or none) would win without it.
    """

    cases: int
    fired: Mapping[str, int]
    decided: Mapping[str, int]


def coverage_of(rulebook: Rulebook, cases: Iterable[GoldenCase]) -> Coverage:
    """What the cases exercise."""
    arguments: tuple[Requirement | Rule, ...] = (*rulebook.requirements, *rulebook.rules)
    fired = dict.fromkeys((each.id for each in arguments), 0)
    decided = dict(fired)
    known = [facts_of(rulebook, values_of(rulebook, case.file, case.file.components[0])) for case in cases]
    scales = Scales(rulebook, {})
    for argument in arguments:
        without = Scales(_without(rulebook, argument), {})
        for facts in known:
            if argument.when.holds(facts):
                fired[argument.id] += 1
                decided[argument.id] += winner_of(scales, facts) != winner_of(without, facts)
    return Coverage(len(known), fired, decided)


def _without(rulebook: Rulebook, argument: Requirement | Rule) -> Rulebook:
    return rulebook._replace(
        requirements=tuple(each for each in rulebook.requirements if each is not argument),
        rules=tuple(each for each in rulebook.rules if each is not argument),
    )
