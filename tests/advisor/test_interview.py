"""The interview as data: order, defaults, several components, back, resume."""

import pytest

from advisor.answers import answers_of, written
from advisor.errors import AnswersError
from advisor.interview import Asks, Interview
from advisor.model import UNKNOWN, Component, Rulebook

CART_COMPONENT = 11


def answer_all(interview: Interview, *replies: str) -> Interview:
    for reply in replies:
        interview = interview.answered(reply)
    return interview


def title_of(interview: Interview) -> str:
    prompt = interview.prompt
    return prompt.title if prompt else "done"


@pytest.fixture
def at_cart(rulebook: Rulebook) -> Interview:
    """An interview that has just named its first component."""
    system = ["shop", "20000", UNKNOWN, "4096", "flash", "moderate", "medium"]
    return answer_all(Interview(rulebook), *system, "cart", "")


def test_it_asks_for_the_system_first_and_then_for_its_parts(at_cart: Interview) -> None:
    asked = [step.asks for step, _ in at_cart.replies]
    assert asked == [Asks.NAME, *[Asks.QUESTION] * 6, Asks.ARCHETYPE, Asks.COMPONENT_NAME]
    assert title_of(at_cart) == "How do clients talk to it?"


def test_an_archetype_supplies_the_usual_answer(at_cart: Interview) -> None:
    prompt = at_cart.answered("request").prompt
    assert prompt is not None
    assert (prompt.default, prompt.default_from, prompt.about) == ("draft", "Shopping cart", "cart")


def test_without_an_archetype_nothing_is_suggested(rulebook: Rulebook) -> None:
    interview = answer_all(Interview(rulebook), "x", *[UNKNOWN] * 6, "none", "part")
    assert interview.prompt is not None
    assert (interview.prompt.default, interview.prompt.default_from) == (UNKNOWN, "")
    assert interview.answer_file().components == (Component("part"),)


def test_answers_end_up_in_the_answer_file(at_cart: Interview) -> None:
    file = answer_all(at_cart, "request", "draft", "unknown").answer_file()
    assert file.name == "shop"
    assert file.system["sessions"] == 20000
    assert file.system["requests_per_second"] == UNKNOWN
    assert file.components[0] == Component(
        "cart", "cart", {"connection": "request", "continuity": "draft", "failure_tolerance": UNKNOWN}
    )


def test_a_system_may_have_several_parts(at_cart: Interview) -> None:
    second = answer_all(at_cart, *["unknown"] * CART_COMPONENT, "yes", "cart")
    assert second.prompt is not None
    assert second.prompt.default == "cart-2", "the usual name is one that nobody has"
    done = answer_all(second, "basket", *["unknown"] * CART_COMPONENT, "no")
    assert done.step is None
    assert [component.name for component in done.answer_file().components] == ["cart", "basket"]


def test_two_parts_cannot_share_a_name(at_cart: Interview) -> None:
    second = answer_all(at_cart, *["unknown"] * CART_COMPONENT, "yes", "cart")
    with pytest.raises(AnswersError, match='there is a component "cart" already'):
        second.answered("cart")


def test_back_takes_the_last_answer_away(at_cart: Interview) -> None:
    assert at_cart.answered("request").back() == at_cart
    assert title_of(at_cart.back().back()) == "Which is its main part most like?"


def test_back_at_the_start_stays_there(rulebook: Rulebook) -> None:
    assert Interview(rulebook).back() == Interview(rulebook)


def test_a_reply_that_is_not_allowed_is_refused_with_what_is(at_cart: Interview) -> None:
    with pytest.raises(AnswersError, match='"requst" is no answer here') as caught:
        at_cart.answered("requst")
    assert 'Did you mean "request"?' in str(caught.value)
    with pytest.raises(AnswersError, match='"maybe" is no answer here'):
        answer_all(at_cart, *["unknown"] * CART_COMPONENT).answered("maybe")


def test_nothing_can_be_answered_after_the_end(at_cart: Interview) -> None:
    with pytest.raises(AnswersError, match="the interview is over"):
        answer_all(at_cart, *["unknown"] * CART_COMPONENT, "no", "more")


def test_the_count_tells_where_one_is(at_cart: Interview) -> None:
    assert at_cart.prompt is not None
    assert (at_cart.prompt.number, at_cart.prompt.total) == (10, 21)


def test_resumed_from_any_answer_it_goes_on_where_it_was(at_cart: Interview, rulebook: Rulebook) -> None:
    replies = ["request", "draft", "retry", *["unknown"] * 8, "yes", "api", "calls", "request"]
    interview = at_cart
    for reply in replies:
        interview = interview.answered(reply)
        file = answers_of(written(interview.answer_file()), rulebook)
        again = Interview.resumed(rulebook, file)
        assert again.answer_file() == interview.answer_file()
        if reply != "yes" and interview.step and interview.step.asks is not Asks.COMPONENT_NAME:
            assert again.step == interview.step


def test_resuming_keeps_what_the_interview_does_not_ask(rulebook: Rulebook) -> None:
    text = "version: 1\npriorities: {cost: 2}\ncomponents: [{name: a, answers: {spikes: flash, latency: batch}}]"
    file = Interview.resumed(rulebook, answers_of(text, rulebook)).answer_file()
    assert file.priorities == {"cost": 2}
    assert file.components[0].answers == {"spikes": "flash", "latency": "batch"}
