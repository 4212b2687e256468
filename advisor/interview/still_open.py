"""Which questions can still change the answer: the mechanism, or what belongs beside it."""

from collections.abc import Iterator, Mapping

from advisor.engine import facts_of
from advisor.model import UNKNOWN, CompanionRule, Condition, Rulebook, Value

PATIENCE = 300
"""Boxes looked into at each step, so that nobody waits. What is not proven by then counts as open."""


class StillOpen:
    """Finds the open questions of a part, and remembers what it found: a face asks again with every key.

    Args:
        rulebook: the rules.
        priorities: 0, 1 or 2 by concern id; what is missing counts as 1.
    """

    def __init__(self, rulebook: Rulebook, priorities: Mapping[str, int]) -> None:
        self._rulebook = rulebook
        self._priorities = priorities
        self._found: dict[frozenset[tuple[str, str]], frozenset[str]] = {}

    def questions(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The unanswered questions that can still change the mechanism or its companions.

        Args:
            values: what a person said, by question id, `unknown` included; what an archetype
                supplied counts as unanswered, for a person may still change it.
        """
        from advisor.space import open_questions, settled  # noqa: PLC0415  # while a first name is typed

        facts = facts_of(self._rulebook, values)
        key = frozenset(facts.items())
        if key not in self._found:
            known = {name: value for name, value in values.items() if value != UNKNOWN}
            rules = _without(self._rulebook, values.keys() - known.keys())
            wins = open_questions(rules, known, self._priorities, patience=PATIENCE)
            winner = None if wins else settled(rules, known, self._priorities)
            self._found[key] = (wins | self._beside(values, facts, winner)) - values.keys()
        return self._found[key]

    def _beside(self, values: Mapping[str, Value], facts: Mapping[str, str], winner: str | None) -> frozenset[str]:
        """The unanswered questions that can add a mechanism beside the primary one; `winner` None: that is open."""
        fitting = [rule for rule in self._rulebook.companions if winner is None or winner in rule.primaries]
        sure = {rule.adds for rule in fitting if winner and rule.when.holds(facts)}
        return frozenset(
            question
            for rule in fitting
            if rule.adds not in sure and self._may_hold(rule, facts, values)
            for question in self._asked_by(rule)
        )

    def _may_hold(self, rule: CompanionRule, facts: Mapping[str, str], values: Mapping[str, Value]) -> bool:
        """Whether no answer so far keeps the rule from firing."""
        return all(
            facts[name] in choices if name in facts else self._may_become_known(name, values)
            for name, choices in rule.when.terms
        )

    def _may_become_known(self, name: str, values: Mapping[str, Value]) -> bool:
        fact = self._rulebook.facts.get(name)
        return fact is None or all(not isinstance(values.get(each), str) for each in fact.factors)

    def _asked_by(self, rule: CompanionRule) -> Iterator[str]:
        for name in rule.when.questions:
            fact = self._rulebook.facts.get(name)
            yield from fact.factors if fact else (name,)


def _without(rulebook: Rulebook, unknown: set[str]) -> Rulebook:
    """The rulebook with questions that stay unknown taken out, and whatever asks for them: it can never fire."""
    facts = {name: fact for name, fact in rulebook.facts.items() if not unknown.intersection(fact.factors)}
    dead = unknown | (rulebook.facts.keys() - facts.keys())

    def can_fire(when: Condition) -> bool:
        return not dead.intersection(when.questions)

    return rulebook._replace(
        questions={name: question for name, question in rulebook.questions.items() if name not in unknown},
        facts=facts,
        requirements=tuple(each for each in rulebook.requirements if can_fire(each.when)),
        rules=tuple(each for each in rulebook.rules if can_fire(each.when)),
    )
