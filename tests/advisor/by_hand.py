"""Decides as the documentation says it, rule by rule: slow, plain, and made of nothing that the advisor decides by."""

from collections.abc import Mapping
from types import MappingProxyType

from advisor.engine import facts_of, values_of
from advisor.model import AnswerFile, Component, Rulebook, Value


def points_by_hand(rulebook: Rulebook, facts: Mapping[str, str], priorities: Mapping[str, int]) -> dict[str, int]:
    """The points of each mechanism that no requirement removes, simplest first."""
    left = dict.fromkeys(rulebook.mechanisms, 0)
    for requirement in rulebook.requirements:
        if requirement.when.holds(facts):
            for mechanism in requirement.removes:
                left.pop(mechanism, None)
    for (concern, mechanism, _), points in _strongest(rulebook, facts).items():
        if mechanism in left:
            left[mechanism] += points * priorities.get(concern, 1)
    return left


def winner_by_hand(rulebook: Rulebook, facts: Mapping[str, str], priorities: Mapping[str, int]) -> str | None:
    """Who has the most, the simplest of equals; None when nothing is left."""
    left = points_by_hand(rulebook, facts, priorities)
    return max(left, key=left.__getitem__, default=None)


def winner_with(
    answers: Mapping[str, Value],
    rulebook: Rulebook,
    archetype: str | None = None,
    priorities: Mapping[str, int] = MappingProxyType({}),
) -> str | None:
    """Who wins with these answers, `unknown` among them, about the only component of a system."""
    component = Component("x", archetype, answers)
    facts = facts_of(rulebook, values_of(rulebook, AnswerFile("x", (component,)), component))
    return winner_by_hand(rulebook, facts, priorities)


def _strongest(rulebook: Rulebook, facts: Mapping[str, str]) -> dict[tuple[str, str, bool], int]:
    """The points of the strongest voice by concern, mechanism, and whether it speaks for it."""
    strongest: dict[tuple[str, str, bool], int] = {}
    for rule in rulebook.rules:
        if rule.when.holds(facts):
            for mechanism, points in rule.points.items():
                voice = (rule.concern, mechanism, points > 0)
                if abs(points) > abs(strongest.get(voice, 0)):
                    strongest[voice] = points
    return strongest
