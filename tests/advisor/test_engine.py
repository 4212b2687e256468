"""The decision: requirements, strongest voices, ties, companions, flips, contradictions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.engine import advise, decide
from advisor.engine.weigh import winner_of
from advisor.model import UNKNOWN, AnswerFile, Component, ComponentAdvice, Rulebook, ServiceClass
from advisor.rules import load_rules, rulebook_of
from advisor.space import Scales
from tests.advisor.by_hand import points_by_hand, winner_by_hand, winner_with
from tests.advisor.small_rules import SMALL_RULES

SMALL = rulebook_of(SMALL_RULES)
SHIPPED = load_rules()


def advice_on(answers: dict[str, Any], book: Rulebook = SMALL, **more: Any) -> ComponentAdvice:
    return advise(book, AnswerFile("x", (Component("x", more.pop("archetype", None), answers),), **more)).components[0]


def test_only_the_strongest_voice_on_each_side_counts() -> None:
    store, plain, memory = (
        next(score for score in advice_on({"talk": "calls", "keep": "cart"}).scores if score.mechanism == name)
        for name in ("store", "plain", "memory")
    )
    assert (store.total, plain.total, memory.total) == (3, 0, 1)
    assert [reason.rule for reason in store.tallies[0].also] == ["carts-weak"]


def test_a_requirement_is_not_outvoted() -> None:
    advice = advice_on({"talk": "socket", "keep": "cart"})
    assert advice.mechanism == "memory"
    assert (advice.runner_up, advice.lead, advice.margin) == (None, None, "clear")
    assert advice.reasons[0].rule == "sockets-stay", "what left nothing else comes first"
    assert advice.ruled_out[0].mechanisms == ("plain", "store")
    assert advice.ruled_out[0].answers == {"talk": "socket"}


def test_a_priority_multiplies_its_concern() -> None:
    answers = {"talk": "calls", "keep": "cart"}
    doubled = advice_on(answers, priorities={"wires": 2, "state": 0})
    assert doubled.mechanism == "plain"
    assert doubled.scores[0].total == 4


def test_a_tie_goes_to_the_simplest_and_is_told() -> None:
    advice = advice_on({})
    assert (advice.mechanism, advice.margin, advice.lead) == ("plain", "toss-up", 0)
    assert advice.tied == ("store", "memory")
    assert advice.reasons[0].because.startswith("No answer argues for anything")


@pytest.mark.parametrize(
    ("keep", "margin", "lead"), [("nothing", "lean", 2), ("cart", "lean", 2), (UNKNOWN, "lean", 2)]
)
def test_a_margin_is_a_word(keep: str, margin: str, lead: int) -> None:
    advice = advice_on({"talk": "calls", "keep": keep})
    assert (advice.margin, advice.lead) == (margin, lead)


def test_three_points_are_a_clear_lead() -> None:
    advice = advice_on({"talk": "calls", "keep": "nothing"}, priorities={"wires": 2})
    assert (advice.margin, advice.lead) == ("clear", 4)


def test_requirements_that_leave_nothing_are_named_as_two_sides() -> None:
    advice = advice_on({"talk": "socket", "users": 1000, "bytes": 1000})
    assert advice.mechanism is None
    assert advice.contradiction is not None
    assert [side.requirement for side in advice.contradiction.sides] == ["sockets-stay", "heavy-leaves"]
    assert [side.answers for side in advice.contradiction.sides] == [{"talk": "socket"}, {"total": "heavy"}]


def test_a_system_of_contradictions_alone_has_no_word() -> None:
    file = AnswerFile("x", (Component("x", None, {"talk": "socket", "users": 1000, "bytes": 1000}),))
    assert advise(SMALL, file).overall is None


def test_a_fact_is_unknown_while_a_factor_is() -> None:
    assert not advice_on({"users": 1000}).ruled_out
    assert not advice_on({"users": 1000, "bytes": UNKNOWN}).ruled_out


def test_a_companion_joins_the_primary_it_was_written_for() -> None:
    assert [each.mechanism for each in advice_on({"talk": "socket", "keep": "cart"}).also] == ["store"]
    assert not advice_on({"talk": "calls", "keep": "cart"}).also


def test_the_nearest_answer_counts() -> None:
    file = AnswerFile("x", (Component("x", "shop", {"keep": "nothing"}),))
    advice = advise(SMALL, file).components[0]
    assert advice.mechanism == "plain"
    assert advice.defaults == {"talk": "calls"}


def test_unknown_hides_what_the_archetype_supplies() -> None:
    advice = advice_on({"keep": UNKNOWN}, archetype="shop")
    assert "keep" in advice.unknown
    assert "keep" not in advice.defaults


def test_a_system_takes_its_word_from_all_parts() -> None:
    parts = (Component("a", None, {"talk": "socket"}), Component("b", None, {"talk": "calls"}))
    advice = advise(SMALL, AnswerFile("x", parts))
    assert [each.service_class for each in advice.components] == [ServiceClass.STATEFUL, ServiceClass.STATELESS]
    assert advice.overall is ServiceClass.HYBRID


def test_flips_come_cheapest_first() -> None:
    flips = advice_on({"talk": "calls", "keep": "cart"}).flips
    assert [(flip.question, flip.after, flip.mechanism, flip.effort) for flip in flips] == [
        ("keep", "nothing", "plain", 1),
        ("talk", "socket", "memory", 3),
    ]


def test_a_lost_session_that_may_be_lost_lives_in_memory() -> None:
    answers = {"connection": "request", "continuity": "session", "failure_tolerance": "lose_session", "rebuild": "yes"}
    assert advice_on(answers, SHIPPED).mechanism == "sticky_memory"


def test_a_protocol_session_that_may_cost_nothing_is_a_named_contradiction() -> None:
    advice = advice_on({"connection": "protocol_session", "failure_tolerance": "nothing"}, SHIPPED)
    assert advice.contradiction is not None
    assert {side.requirement for side in advice.contradiction.sides} == {
        "protocol-session-is-a-connection",
        "acknowledged-means-durable",
    }


def test_figures_show_their_formula() -> None:
    system = {"sessions": 20000, "requests_per_second": 400, "bytes_per_session": 3000}
    figures = {each.id: each for each in advice_on({}, SHIPPED, system=system).figures}
    assert figures["session_memory"].value == 60_000_000
    assert figures["token_bytes"].value == 1_600_000
    assert figures["store_operations"].value == 800
    assert round(figures["reconnects"].value) == 667
    assert figures["session_memory"].formula.endswith("= 20,000 \N{MULTIPLICATION SIGN} 3,000")


def test_no_figure_is_made_up() -> None:
    assert advice_on({"sessions": 5}, SHIPPED).figures[0].id == "reconnects"
    assert not advice_on({}, SHIPPED).figures


def _answer_sets(book: Rulebook) -> st.SearchStrategy[dict[str, Any]]:
    values = {
        question.id: st.floats(0, 1e9) if question.is_number else st.sampled_from([*question.choices, UNKNOWN])
        for question in book.questions.values()
    }
    return st.fixed_dictionaries({}, optional=values)


archetypes = st.none() | st.sampled_from(list(SHIPPED.archetypes))
priorities = st.dictionaries(st.sampled_from(list(SHIPPED.concerns)), st.integers(0, 2))


@settings(max_examples=80, deadline=None)
@given(answers=_answer_sets(SHIPPED), archetype=archetypes, weights=priorities)
def test_any_answers_get_a_reason_or_a_named_contradiction(
    answers: dict[str, Any], archetype: str | None, weights: dict[str, int]
) -> None:
    advice = advice_on(answers, SHIPPED, archetype=archetype, priorities=weights)
    if advice.mechanism is None:
        assert advice.contradiction is not None
        assert len(advice.contradiction.sides) >= 2
        gone = {name for side in advice.contradiction.sides for name in side.mechanisms}
        assert gone == set(SHIPPED.mechanisms)
    else:
        assert advice.reasons
        assert all(reason.because for reason in advice.reasons)
        assert advice.service_class is not None


@settings(max_examples=60, deadline=None)
@given(answers=_answer_sets(SHIPPED), archetype=archetypes, weights=priorities)
def test_every_reported_flip_flips(answers: dict[str, Any], archetype: str | None, weights: dict[str, int]) -> None:
    before = advice_on(answers, SHIPPED, archetype=archetype, priorities=weights)
    for flip in before.flips:
        changed = {**answers, flip.question: flip.after}
        assert winner_with(changed, SHIPPED, archetype, weights) == flip.mechanism != before.mechanism


@settings(max_examples=60, deadline=None)
@given(answers=_answer_sets(SHIPPED), weights=priorities)
def test_points_and_winner_are_those_that_going_through_the_rules_one_by_one_gives(
    answers: dict[str, Any], weights: dict[str, int]
) -> None:
    known = {name: SHIPPED.questions[name].choice_of(value) for name, value in answers.items() if value != UNKNOWN}
    scales, wanted = Scales(SHIPPED, weights), points_by_hand(SHIPPED, known, weights)
    decision = decide(scales, known)
    assert {score.mechanism: score.total for score in decision.scores} == wanted
    assert decision.winner == winner_of(scales, known) == winner_by_hand(SHIPPED, known, weights)
