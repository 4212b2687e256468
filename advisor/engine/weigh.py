"""The decision: requirements remove, then each concern's strongest voices are added up."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.model import Reason, Removal, Requirement, Rule, Score, Tally
from advisor.space.scales import Scales

Voices = dict[str, list[Reason]]
"""By concern: what the rules that fire say to one mechanism."""


class Decision(NamedTuple):
    """Who is left, best first, and which requirements fired. `scores` is empty on a contradiction."""

    scores: tuple[Score, ...]
    removals: tuple[Removal, ...]

    @property
    def winner(self) -> str | None:
        """The primary mechanism; None when nothing is left."""
        return self.scores[0].mechanism if self.scores else None


def decide(scales: Scales, facts: Mapping[str, str]) -> Decision:
    """Decide one component, with every score and reason.

    Args:
        scales: the rules, under the priorities that count.
        facts: known choices by question or fact id.
    """
    fired = list(scales.those(scales.conditions.firing(facts)))
    removals = tuple(_removal(each, scales, facts) for each in fired if isinstance(each, Requirement))
    gone = {mechanism for removal in removals for mechanism in removal.mechanisms}
    voices: dict[str, Voices] = {mechanism: {} for mechanism in scales.names if mechanism not in gone}
    for rule in fired:
        if isinstance(rule, Rule):
            _hear(rule, facts, voices)
    scores = [_score(mechanism, heard, scales.priorities) for mechanism, heard in voices.items()]
    # The sort is stable and mechanisms come simplest first: that is the tie-break.
    return Decision(tuple(sorted(scores, key=lambda score: -score.total)), removals)


def winner_of(scales: Scales, facts: Mapping[str, str]) -> str | None:
    """The primary mechanism alone, for asking what other answers would give; None: nothing is left."""
    winner = scales.winner(scales.conditions.firing(facts))
    return None if winner is None else scales.names[winner]


def _removal(requirement: Requirement, scales: Scales, facts: Mapping[str, str]) -> Removal:
    return Removal(
        requirement.id,
        tuple(mechanism for mechanism in scales.names if mechanism in requirement.removes),
        requirement.because,
        requirement.source,
        {question: facts[question] for question, _ in requirement.when.terms},
    )


def _hear(rule: Rule, facts: Mapping[str, str], voices: Mapping[str, Voices]) -> None:
    """Add what a rule says to the voices of the mechanisms that are left."""
    answers = {question: facts[question] for question, _ in rule.when.terms}
    for mechanism, points in rule.points.items():
        if mechanism in voices:
            reason = Reason(rule.id, rule.concern, points, rule.because, rule.source, answers, rule.claim)
            voices[mechanism].setdefault(rule.concern, []).append(reason)


def _score(mechanism: str, voices: Voices, priorities: Mapping[str, int]) -> Score:
    tallies = [_tally(concern, reasons, priorities[concern]) for concern, reasons in voices.items()]
    return Score(mechanism, sum([tally.points for tally in tallies]), tuple(tallies))


def _tally(concern: str, reasons: list[Reason], priority: int) -> Tally:
    best = _loudest(each for each in reasons if each.points > 0)
    worst = _loudest(each for each in reasons if each.points < 0)
    points = sum([each.points for each in (best, worst) if each]) * priority
    also = tuple([each for each in reasons if each is not best and each is not worst]) if len(reasons) > 1 else ()
    return Tally(concern, points, best, worst, also)


def _loudest(reasons: Iterable[Reason]) -> Reason | None:
    """The strongest of some reasons on one side, the first of equals; None when there is none."""
    loudest = None
    for reason in reasons:
        if loudest is None or abs(reason.points) > abs(loudest.points):
            loudest = reason
    return loudest
