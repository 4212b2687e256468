"""Properties of the shipped rules, for any answers at all."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.engine import advise, facts_of
from advisor.model import AnswerFile, Component, ComponentAdvice, Question, Value
from advisor.rules import load_rules
from advisor.space import open_questions, settled, sufficient
from advisor.space.examples import shortest
from tests.advisor.by_hand import winner_by_hand

SHIPPED = load_rules()
PATIENCE = 20


def answers_to(question: Question) -> st.SearchStrategy[Value]:
    if question.is_number:
        around = [number for band in question.bands for number in (band.low, band.low + 1)]
        return st.sampled_from(around) | st.integers(0, 10_000_000)
    return st.sampled_from(question.choices)


known = st.fixed_dictionaries({}, optional={each.id: answers_to(each) for each in SHIPPED.questions.values()})
complete = st.fixed_dictionaries({each.id: answers_to(each) for each in SHIPPED.questions.values()})
weights = st.dictionaries(st.sampled_from(sorted(SHIPPED.concerns)), st.integers(0, 2))


def winner(values: dict[str, Any], priorities: dict[str, int]) -> str | None:
    return winner_by_hand(SHIPPED, facts_of(SHIPPED, values), priorities)


def advice_on(values: dict[str, Any], priorities: dict[str, int]) -> ComponentAdvice:
    file = AnswerFile("x", (Component("x", None, values),), {}, priorities)
    return advise(SHIPPED, file).components[0]


@given(known, weights)
@settings(max_examples=60, deadline=None)
def test_any_answers_get_advice_with_a_reason_or_a_contradiction_with_its_sides(
    values: dict[str, Any], priorities: dict[str, int]
) -> None:
    advice = advice_on(values, priorities)
    if advice.mechanism is None:
        assert advice.contradiction is not None
        assert len(advice.contradiction.sides) >= 2
    else:
        assert advice.reasons
        assert all(reason.because for reason in advice.reasons)


@given(known, weights)
@settings(max_examples=40, deadline=None)
def test_every_flip_that_is_told_flips(values: dict[str, Any], priorities: dict[str, int]) -> None:
    advice = advice_on(values, priorities)
    for flip in advice.flips:
        assert winner({**values, flip.question: flip.after}, priorities) == flip.mechanism != advice.mechanism


@given(known, known, weights)
@settings(max_examples=60, deadline=None)
def test_what_suffices_forces_the_result_whatever_the_others_are(
    values: dict[str, Any], others: dict[str, Any], priorities: dict[str, int]
) -> None:
    found = sufficient(SHIPPED, values, priorities)
    assert found.items() <= values.items()
    free = settled(SHIPPED, values, priorities) is not None
    changed = {name: value for name, value in others.items() if free or name in values}
    assert winner({**changed, **found}, priorities) == winner(values, priorities)


@given(known, complete, weights)
@settings(max_examples=60, deadline=None)
def test_what_is_settled_wins_whatever_is_answered_further(
    values: dict[str, Any], others: dict[str, Any], priorities: dict[str, int]
) -> None:
    won = settled(SHIPPED, values, priorities)
    if won is not None:
        assert winner({**others, **values}, priorities) == won


@given(known, complete, st.data(), weights)
@settings(max_examples=25, deadline=None)
def test_an_answer_that_is_called_irrelevant_never_changes_the_result(
    values: dict[str, Any], others: dict[str, Any], data: st.DataObject, priorities: dict[str, int]
) -> None:
    open_ = open_questions(SHIPPED, values, priorities, patience=PATIENCE)
    irrelevant = [name for name in SHIPPED.questions if name not in values and name not in open_]
    if irrelevant:
        name = data.draw(st.sampled_from(irrelevant))
        all_others = {**others, **values}
        without = {question: value for question, value in all_others.items() if question != name}
        assert winner(all_others, priorities) == winner(without, priorities)


@given(known)
@settings(max_examples=30, deadline=None)
def test_a_shortened_example_has_the_same_winner(values: dict[str, Any]) -> None:
    facts = facts_of(SHIPPED, values)
    short = shortest(facts, SHIPPED)
    assert short.items() <= facts.items()
    assert winner_by_hand(SHIPPED, short, {}) == winner_by_hand(SHIPPED, facts, {})


HARD: dict[str, Any] = {
    "bytes_per_session": 1e-38,
    "requests_per_second": 1e-38,
    "budget": "moderate",
    "connection": "duplex_socket",
    "continuity": "identity",
    "latency": "ultra",
    "revocation": "immediate",
    "workflow": "hours",
    "integration": "none",
    "client": "constrained_device",
}


@pytest.mark.timeout(20)  # it took minutes, and gigabytes, when all challengers were looked for together
def test_advice_is_quick_where_hardly_any_concern_counts_and_many_mechanisms_tie() -> None:
    priorities = dict.fromkeys(SHIPPED.concerns, 0) | {"client": 2, "continuity": 2, "security": 2}
    found = sufficient(SHIPPED, HARD, priorities)
    assert winner({**found}, priorities) == winner(HARD, priorities)
    assert found.items() <= HARD.items()
