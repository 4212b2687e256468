"""Counting over all answer sets agrees with visiting each of them, for rules of any kind."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import RulesError
from advisor.model import Concern, Condition, Requirement, Rule, Rulebook
from advisor.rules import rulebook_of
from advisor.space.axes import axes_of
from advisor.space.census import count, count_changes
from advisor.space.contest import contest_of
from advisor.space.dead import Autopsy
from tests.advisor.by_hand import points_by_hand, winner_by_hand
from tests.advisor.small_rules import SMALL_RULES

SMALL = rulebook_of(SMALL_RULES)
CHOICES = {name: each.choices for name, each in {**SMALL.questions, **SMALL.facts}.items()}
MECHANISMS = list(SMALL.mechanisms)

terms = st.dictionaries(st.sampled_from(sorted(CHOICES)), st.integers(1, 3), min_size=1, max_size=3)
conditions = terms.map(lambda some: Condition(tuple((name, chosen(name, mask)) for name, mask in some.items())))
points = st.dictionaries(st.sampled_from(MECHANISMS), st.sampled_from([-3, -2, -1, 1, 2, 3]), min_size=1)
rules = st.lists(st.tuples(st.sampled_from(["wires", "state"]), conditions, points), max_size=8)
removals = st.lists(st.tuples(conditions, st.sets(st.sampled_from(MECHANISMS), min_size=1, max_size=2)), max_size=4)


def chosen(name: str, mask: int) -> frozenset[str]:
    return frozenset(choice for at, choice in enumerate(CHOICES[name]) if mask >> at & 1)


def book_of(some_rules: list[Any], some_removals: list[Any]) -> Rulebook:
    return SMALL._replace(
        rules=tuple(Rule(f"r{at}", *each, "", "") for at, each in enumerate(some_rules)),
        requirements=tuple(
            Requirement(f"q{at}", when, frozenset(gone), "", "") for at, (when, gone) in enumerate(some_removals)
        ),
    )


def every_facts(*books: Rulebook) -> list[dict[str, str]]:
    both = SMALL._replace(
        rules=tuple(rule for book in books for rule in book.rules),
        requirements=tuple(each for book in books for each in book.requirements),
    )
    cells = product(*(axis.cells for axis in axes_of(both)))
    return [{name: choice for cell in each for name, choice in cell.choices.items()} for each in cells]


@given(rules, removals)
@settings(max_examples=80, deadline=None)
def test_winners_contradictions_and_ties_are_counted_right(some_rules: list[Any], some_removals: list[Any]) -> None:
    book = book_of(some_rules, some_removals)
    wanted: Counter[str | None] = Counter()
    ties = 0
    for facts in every_facts(book):
        left = points_by_hand(book, facts, {})
        best = max(left.values(), default=0)
        wanted[next((name for name, points in left.items() if points == best), None)] += 1
        ties += sum(points == best for points in left.values()) > 1
    census = count(contest_of(book))
    assert {outcome[0]: tally.sets for outcome, tally in census.outcomes.items()} == wanted
    assert sum(tally.ties for tally in census.outcomes.values()) == ties
    assert census.size == sum(wanted.values())


@given(rules, removals, rules, removals)
@settings(max_examples=50, deadline=None)
def test_changes_between_two_rulebooks_are_counted_right(
    rules_a: list[Any], removals_a: list[Any], rules_b: list[Any], removals_b: list[Any]
) -> None:
    old = book_of(rules_a, removals_a)
    new = book_of([*rules_a, *rules_b], removals_b)
    wanted = Counter(
        (winner_by_hand(old, facts, {}), winner_by_hand(new, facts, {})) for facts in every_facts(old, new)
    )
    changes = {move: sets for move, sets in wanted.items() if move[0] != move[1]}
    census = count_changes(contest_of(old, new))
    found = {outcome: tally for outcome, tally in census.outcomes.items() if outcome[0] != outcome[1]}
    assert {move: tally.sets for move, tally in found.items()} == changes
    for (before, after), tally in found.items():
        assert tally.example is not None
        assert (winner_by_hand(old, tally.example, {}), winner_by_hand(new, tally.example, {})) == (before, after)


@given(rules, removals)
@settings(max_examples=40, deadline=None)
def test_dead_rules_and_idle_requirements_are_just_those_that_nothing_misses(
    some_rules: list[Any], some_removals: list[Any]
) -> None:
    book = book_of(some_rules, some_removals)
    autopsy = Autopsy(book)
    everything = every_facts(book)
    winners = [winner_by_hand(book, facts, {}) for facts in everything]
    for rule in book.rules:
        without = book._replace(rules=tuple(each for each in book.rules if each is not rule))
        missed = any(
            rule.when.holds(facts) and winner_by_hand(without, facts, {}) != winner
            for facts, winner in zip(everything, winners, strict=True)
        )
        assert (autopsy.decides(rule) is not None) == missed, rule
        assert autopsy.never_fires(rule) == (not any(rule.when.holds(facts) for facts in everything))
        if autopsy.repeats(rule):
            assert not missed, "what another rule says as loudly cannot decide"
    for requirement in book.requirements:
        others = [each for each in book.requirements if each is not requirement]
        firing = [facts for facts in everything if requirement.when.holds(facts)]
        idle = {
            mechanism
            for mechanism in requirement.removes
            if all(any(mechanism in each.removes and each.when.holds(facts) for each in others) for facts in firing)
        }
        assert autopsy.idle(requirement) == idle, requirement


def test_points_that_add_up_to_too_much_are_refused_and_never_counted_wrong() -> None:
    concerns = {f"c{at}": Concern(f"c{at}", "", "") for at in range(22)}
    when = Condition((("talk", frozenset({"calls"})),))
    book = SMALL._replace(
        concerns=concerns, rules=tuple(Rule(f"r{c}", c, when, {"plain": 3}, "", "") for c in concerns)
    )
    with pytest.raises(RulesError, match="the points of plain can add up to more than 63, too many to count with"):
        count(contest_of(book))
    fewer = book._replace(rules=book.rules[:21])
    assert count(contest_of(fewer)).outcomes[("plain",)].sets > 0
