"""The decision: requirements remove, then each concern's strongest voices are added up."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.model import Reason, Removal, Rule, Rulebook, Score, Tally

NEUTRAL = 1
"""The priority of a concern that nobody changed."""


class Decision(NamedTuple):
    """Who is left, best first, and which requirements fired. `scores` is empty on a contradiction."""

    scores: tuple[Score, ...]
    removals: tuple[Removal, ...]

    @property
    def winner(self) -> str | None:
        """The primary mechanism; None when nothing is left."""
        return self.scores[0].mechanism if self.scores else None


def decide(rulebook: Rulebook, facts: Mapping[str, str], priorities: Mapping[str, int]) -> Decision:
    """Decide one component.

    Args:
        rulebook: the rules.
        facts: known choices by question or fact id.
        priorities: 0, 1 or 2 by concern id; what is missing counts as 1.
    """
    removals = removals_of(rulebook, facts)
    gone = {mechanism for removal in removals for mechanism in removal.mechanisms}
    fired = [rule for rule in rulebook.rules if rule.when.holds(facts)]
    scores = [_score(mechanism, fired, facts, priorities) for mechanism in rulebook.mechanisms if mechanism not in gone]
    # The sort is stable and mechanisms come simplest first: that is the tie-break.
    return Decision(tuple(sorted(scores, key=lambda score: -score.total)), removals)


def winner_of(rulebook: Rulebook, facts: Mapping[str, str], priorities: Mapping[str, int]) -> str | None:
    """The primary mechanism alone, for asking what other answers would give; None: nothing is left."""
    left = dict.fromkeys(rulebook.mechanisms, 0)
    for requirement in rulebook.requirements:
        if requirement.when.holds(facts):
            for mechanism in requirement.removes:
                left.pop(mechanism, None)
    for (concern, mechanism, _), points in _strongest(rulebook, facts).items():
        if mechanism in left:
            left[mechanism] += points * priorities.get(concern, NEUTRAL)
    return max(left, key=left.__getitem__, default=None)


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


def removals_of(rulebook: Rulebook, facts: Mapping[str, str]) -> tuple[Removal, ...]:
    """The requirements that fire, in the file's order."""
    return tuple(
        Removal(
            requirement.id,
            tuple(mechanism for mechanism in rulebook.mechanisms if mechanism in requirement.removes),
            requirement.because,
            requirement.source,
            {question: facts[question] for question in requirement.when.questions},
        )
        for requirement in rulebook.requirements
        if requirement.when.holds(facts)
    )


def _score(mechanism: str, fired: Iterable[Rule], facts: Mapping[str, str], priorities: Mapping[str, int]) -> Score:
    voices: dict[str, list[Reason]] = {}
    for rule in fired:
        if mechanism in rule.points:
            voices.setdefault(rule.concern, []).append(_reason(rule, mechanism, facts))
    tallies = tuple(_tally(concern, reasons, priorities.get(concern, NEUTRAL)) for concern, reasons in voices.items())
    return Score(mechanism, sum(tally.points for tally in tallies), tallies)


def _reason(rule: Rule, mechanism: str, facts: Mapping[str, str]) -> Reason:
    answers = {question: facts[question] for question in rule.when.questions}
    return Reason(rule.id, rule.concern, rule.points[mechanism], rule.because, rule.source, answers, rule.claim)


def _tally(concern: str, reasons: list[Reason], priority: int) -> Tally:
    best = max((each for each in reasons if each.points > 0), key=lambda each: each.points, default=None)
    worst = min((each for each in reasons if each.points < 0), key=lambda each: each.points, default=None)
    also = tuple(each for each in reasons if each is not best and each is not worst)
    points = sum(each.points for each in (best, worst) if each) * priority
    return Tally(concern, points, best, worst, also)
