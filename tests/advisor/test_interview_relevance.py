"""Only questions that can still change the answer are asked; the rest is offered, and said to be the rest."""

from random import Random
from time import monotonic

import pytest

from advisor.engine import advise
from advisor.interview import Asks, Interview
from advisor.model import UNKNOWN, Question, Rulebook

CARD = ["20000", UNKNOWN, "flash", "interactive", "request", "moderate"]


def settled(interview: Interview) -> Interview:
    """The interview, answered as is usual, up to where the rest cannot matter."""
    while (step := interview.step) and step.asks is not Asks.SETTLED:
        assert interview.prompt is not None
        assert step.asks is not Asks.MORE, "it was never settled"
        interview = interview.answered(interview.prompt.default or "")
    return interview


@pytest.fixture
def at_end(rulebook: Rulebook) -> Interview:
    interview = Interview.begun(rulebook).answered("shop").answered("cart")
    for reply in CARD:
        interview = interview.answered(reply)
    return settled(interview)


def test_it_says_that_the_rest_cannot_change_the_answer_and_offers_to_stop(at_end: Interview) -> None:
    prompt = at_end.prompt
    assert prompt is not None
    assert prompt.title == "The rest cannot change this: Shared session store."
    assert [choice.id for choice in prompt.choices] == ["stop", "go-on"]
    stopped = at_end.answered("stop").prompt
    assert stopped is not None
    assert stopped.title == "Has the system another part?"


def test_a_person_may_answer_the_rest_all_the_same(at_end: Interview) -> None:
    interview, asked = at_end.answered("go-on"), []
    while interview.step and interview.step.asks is Asks.QUESTION:
        asked.append(interview.step.question)
        interview = interview.answered(UNKNOWN)
    said = {*interview.answer_file().system, *interview.answer_file().components[0].answers}
    assert asked
    assert said == set(interview.rulebook.questions), "every question was asked"


def test_a_question_is_open_while_it_can_add_a_mechanism_beside(at_end: Interview, rulebook: Rulebook) -> None:
    # Harmful repeats never change the cart's mechanism, and do call for an idempotency store beside it.
    assert "repeat" in at_end.answer_file().components[0].answers
    file = at_end.answer_file()
    answers = {**file.components[0].answers, "repeat": "harmful"}
    changed = advise(rulebook, file._replace(components=(file.components[0]._replace(answers=answers),)))
    assert changed.components[0].mechanism == "shared_session"
    assert "idempotency_store" in [each.mechanism for each in changed.components[0].also]


def any_reply(question: Question, chance: Random) -> str:
    ways = [f"{band.low:g}" for band in question.bands] or list(question.choices)
    return chance.choice([*ways, UNKNOWN])


def outcome(rulebook: Rulebook, interview: Interview) -> tuple[str | None, set[str]]:
    advice = advise(rulebook, interview.answer_file()).components[0]
    return advice.mechanism, {each.mechanism for each in advice.also}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_called_settled_is_the_same_for_any_answers_to_the_rest(rulebook: Rulebook, seed: int) -> None:
    chance = Random(seed)
    interview = Interview.begun(rulebook).answered("x").answered(chance.choice(sorted(rulebook.archetypes)))
    while (step := interview.step) and step.asks is Asks.QUESTION:
        interview = interview.answered(any_reply(rulebook.questions[str(step.question)], chance))
    found = outcome(rulebook, interview)
    for _ in range(10):
        other = interview
        for step in [*interview.answerable()]:
            if step.asks is Asks.QUESTION and step not in interview.record:
                other = other.with_reply(step, any_reply(rulebook.questions[str(step.question)], chance))
        assert outcome(rulebook, other) == found


def test_an_answer_that_takes_long_to_prove_is_asked_for_rather_than_waited_for(rulebook: Rulebook) -> None:
    interview = Interview.begun(rulebook)
    for reply in ("x", "game", "100000", "2000", "flat", "realtime"):
        interview = interview.answered(reply)
    before = monotonic()
    assert interview.answered("duplex_socket").step is not None
    assert monotonic() - before < 10, "a whole proof takes a minute; what is looked into takes a quarter of a second"
