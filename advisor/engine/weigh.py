"""The decision: requirements remove, then each concern's strongest voices are added up."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.model import Reason, Removal, Requirement, Rule, Score, Tally
from advisor.space.scales import Scales


class Decision(NamedTuple):
    """Who is left, best first, and which requirements fired. `scores` is empty on a contradiction."""

    scores: tuple[Score, ...]
    removals: tuple[Removal, ...]

    @property
    def winner(self) -> str | None:
        """The primary mechanism; None when nothing is left."""
        return self.scores[0].mechanism if self.scores else None


class Judge:
    """Decides under one set of priorities, and remembers what each concern said to which answers."""

    def __init__(self, scales: Scales) -> None:
        self.scales = scales
        self._concerns = dict.fromkeys(scales.rulebook.concerns, 0)
        for rule in scales.rulebook.rules:
            self._concerns[rule.concern] |= scales.bit_of(rule.id)
        self._asked: dict[int, tuple[str, ...]] = {}
        self._said: dict[tuple[int, tuple[str, ...]], dict[str, Tally]] = {}

    def decide(self, facts: Mapping[str, str]) -> Decision:
        """See `decide`."""
        scales = self.scales
        fired = scales.conditions.firing(facts)
        removals = tuple([_removal(each, scales, facts) for each in scales.requirements_of(fired)])
        gone = {mechanism for removal in removals for mechanism in removal.mechanisms}
        heard: dict[str, list[Tally]] = {mechanism: [] for mechanism in scales.names if mechanism not in gone}
        for name, rules in self._concerns.items():
            if fired & rules:
                for mechanism, tally in self._tallies(name, fired & rules, facts).items():
                    if mechanism in heard:
                        heard[mechanism].append(tally)
        scores = [
            Score(mechanism, sum([tally.points for tally in tallies]), tuple(tallies))
            for mechanism, tallies in heard.items()
        ]
        # The sort is stable and mechanisms come simplest first: that is the tie-break.
        return Decision(tuple(sorted(scores, key=lambda score: -score.total)), removals)

    def _tallies(self, concern: str, fired: int, facts: Mapping[str, str]) -> dict[str, Tally]:
        """What the rules of a concern that fire say, by mechanism."""
        if fired not in self._asked:
            names = [name for rule in self.scales.rules_of(fired) for name in rule.when.questions]
            self._asked[fired] = tuple(dict.fromkeys(names))
        key = fired, tuple([facts[name] for name in self._asked[fired]])
        if key not in self._said:
            reasons: dict[str, list[Reason]] = {}
            for rule in self.scales.rules_of(fired):
                _hear(rule, facts, reasons)
            priority = self.scales.priorities[concern]
            self._said[key] = {mechanism: _tally(concern, each, priority) for mechanism, each in reasons.items()}
        return self._said[key]


def decide(scales: Scales, facts: Mapping[str, str]) -> Decision:
    """Decide one component, with every score and reason; for many of them see `Judge`.

    Args:
        scales: the rules, under the priorities that count.
        facts: known choices by question or fact id.
    """
    return Judge(scales).decide(facts)


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


def _hear(rule: Rule, facts: Mapping[str, str], reasons: dict[str, list[Reason]]) -> None:
    """Add what a rule says to the mechanisms that it is about."""
    answers = {question: facts[question] for question, _ in rule.when.terms}
    for mechanism, points in rule.points.items():
        reason = Reason(rule.id, rule.concern, points, rule.because, rule.source, answers, rule.claim)
        reasons.setdefault(mechanism, []).append(reason)


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
