"""The interview as data: order, defaults, several components, back, review, resume."""

import pytest

from advisor.answers import answers_of, written
from advisor.errors import AnswersError
from advisor.interview import Asks, Interview, Step
from advisor.model import UNKNOWN, Component, Rulebook

CARD = ["20000", UNKNOWN, "flash", "interactive", "request", "moderate"]


def answer_all(interview: Interview, *replies: str) -> Interview:
    for reply in replies:
        interview = interview.answered(reply)
    return interview


def take_usual(interview: Interview, last: Asks) -> Interview:
    """Take what Enter takes, up to and including the first step of a kind."""
    while interview.step:
        asks, prompt = interview.step.asks, interview.prompt
        assert prompt is not None
        interview = interview.answered(prompt.default or "")
        if asks is last:
            break
    return interview


def title_of(interview: Interview) -> str:
    prompt = interview.prompt
    return prompt.title if prompt else "done"


@pytest.fixture
def at_cart(rulebook: Rulebook) -> Interview:
    """An interview that has just said what kind its first part is."""
    return answer_all(Interview.begun(rulebook), "shop", "cart")


@pytest.fixture
def at_review(at_cart: Interview) -> Interview:
    """An interview that has been answered as is usual for a cart, and is at its review."""
    return take_usual(answer_all(at_cart, *CARD), Asks.MORE)


def test_the_card_comes_first_scaling_latency_connection_budget(at_cart: Interview) -> None:
    asked = []
    interview = at_cart
    for reply in CARD:
        assert interview.step is not None
        asked.append(interview.step.question)
        interview = interview.answered(reply)
    assert asked == ["sessions", "requests_per_second", "spikes", "latency", "connection", "budget"]
    assert title_of(interview) == "What has to carry on from one request to the next?"


def test_an_archetype_names_the_part_and_supplies_the_usual_answer(at_cart: Interview) -> None:
    prompt = answer_all(at_cart, *CARD).prompt
    assert prompt is not None
    assert (prompt.default, prompt.default_from, prompt.about) == ("draft", "usual for Shopping cart", "cart")


def test_without_an_archetype_nothing_is_suggested_and_the_name_is_asked_for(rulebook: Rulebook) -> None:
    interview = answer_all(Interview.begun(rulebook), "x", "none")
    assert title_of(interview) == "What do you call this part?"
    interview = interview.answered("part")
    assert interview.prompt is not None
    assert (interview.prompt.default, interview.prompt.default_from) == (UNKNOWN, "")
    assert interview.answer_file().components == (Component("part"),)


def test_answers_end_up_in_the_answer_file(at_cart: Interview) -> None:
    file = answer_all(at_cart, *CARD, "draft").answer_file()
    assert file.name == "shop"
    assert file.system == {"sessions": 20000, "requests_per_second": UNKNOWN, "spikes": "flash", "budget": "moderate"}
    answers = {"latency": "interactive", "connection": "request", "continuity": "draft"}
    assert file.components[0] == Component("cart", "cart", answers)


def test_a_system_may_have_several_parts(at_review: Interview, rulebook: Rulebook) -> None:
    second = answer_all(at_review.back(), "yes", "cart")
    assert second.prompt is not None
    assert second.prompt.default == "cart-2", "the usual name is one that nobody has"
    done = take_usual(second.answered("basket"), Asks.REVIEW)
    assert done.step is None
    assert [component.name for component in done.answer_file().components] == ["cart", "basket"]


def test_a_system_question_is_asked_once_for_all_parts(at_review: Interview) -> None:
    second = answer_all(at_review.back(), "yes", "realtime")
    asked = []
    while second.step and second.step.asks is Asks.QUESTION:
        asked.append(second.step.question)
        second = second.answered(UNKNOWN)
    assert asked[:2] == ["latency", "connection"]
    assert not {"sessions", "spikes", "budget"} & set(asked)


def test_two_parts_cannot_share_a_name(at_review: Interview) -> None:
    second = answer_all(at_review.back(), "yes", "cart")
    with pytest.raises(AnswersError, match='there is a component "cart" already'):
        second.answered("cart")


def test_back_takes_the_last_answer_away(at_cart: Interview) -> None:
    assert at_cart.answered("20000").back() == at_cart
    assert title_of(at_cart.back()) == "Which is its main part most like?"


def test_what_was_taken_back_is_offered_again(at_cart: Interview) -> None:
    again = at_cart.answered("20000").back().prompt
    assert again is not None
    assert (again.default, again.default_from) == ("20000", "your answer before")


def test_back_at_the_start_stays_there(rulebook: Rulebook) -> None:
    assert Interview.begun(rulebook).back() == Interview.begun(rulebook)


def test_a_reply_that_is_not_allowed_is_refused_with_what_is(at_cart: Interview) -> None:
    with pytest.raises(AnswersError, match='"flush" is no answer here') as caught:
        answer_all(at_cart, "20000", "400", "flush")
    assert 'Did you mean "flash"?' in str(caught.value)
    with pytest.raises(AnswersError, match='"kart" is no answer here') as caught:
        at_cart.back().answered("kart")
    assert 'Did you mean "cart"?' in str(caught.value)


def test_nothing_can_be_answered_after_the_end(at_review: Interview) -> None:
    done = at_review.answered("show")
    assert (done.step, done.prompt) == (None, None)
    with pytest.raises(AnswersError, match="the interview is over"):
        done.answered("more")


def test_the_count_tells_where_one_is_and_what_can_still_matter(at_cart: Interview) -> None:
    assert at_cart.prompt is not None
    assert (at_cart.prompt.number, at_cart.prompt.left) == (3, 16)
    later = answer_all(at_cart, *CARD).prompt
    assert later is not None
    assert later.number == 9
    assert later.left < 16 - 6 + 1


def test_a_review_lists_every_answer_and_says_where_it_comes_from(at_review: Interview) -> None:
    prompt = at_review.prompt
    assert prompt is not None
    assert prompt.title == "Your answers. Pick one to change it."
    rows = {choice.id: (choice.group, choice.label, choice.now) for choice in prompt.choices}
    assert rows["system.sessions"] == ("The system", "sessions", "20,000 sessions")
    assert rows["system.requests_per_second"] == ("The system", "requests per second", "don't know")
    assert rows["part-1.latency"] == ("cart", "latency", "100 ms to 1 s")
    assert rows["part-1.integration"] == ("cart", "integration", "Nothing special, usual for Shopping cart")
    assert "no need to know" in {now for _, _, now in rows.values()}
    assert prompt.default == "show"


def test_a_review_jumps_to_any_answer_and_comes_back(at_review: Interview) -> None:
    there = at_review.answered("part-1.latency")
    assert there.prompt is not None
    assert there.prompt.title == "How fast must an answer be?"
    assert (there.prompt.default, there.prompt.default_from) == ("interactive", "your answer so far")
    assert there.back().step == at_review.step, "back leaves it as it was"
    changed = there.answered("relaxed")
    assert changed.step == Step(Asks.REVIEW)
    assert changed.answer_file().components[0].answers["latency"] == "relaxed"


def test_a_changed_answer_keeps_its_place_for_going_back(at_review: Interview) -> None:
    changed = answer_all(at_review, "system.sessions", "5")
    order = [step for step, _ in at_review.record.replies]
    assert [step for step, _ in changed.record.replies] == order


def test_a_review_in_the_middle_goes_on_where_it_was(at_cart: Interview) -> None:
    middle = answer_all(at_cart, *CARD)
    review = middle.review()
    assert review.prompt is not None
    assert [choice.id for choice in review.prompt.choices[:2]] == ["go-on", "show"]
    assert review.answered("go-on").step == middle.step
    assert review.back().step == middle.step
    assert review.answered("show").step is None, "what is missing counts as unknown"


def test_a_change_in_the_review_may_open_questions_again(at_review: Interview) -> None:
    assert at_review.prompt is not None
    assert "go-on" not in [choice.id for choice in at_review.prompt.choices]
    changed = answer_all(at_review, "part-1.continuity", "identity")
    assert changed.prompt is not None
    assert changed.prompt.choices[0].id == "go-on"
    following = changed.answered("go-on").step
    assert following is not None
    assert following.asks is Asks.QUESTION


def test_saying_that_there_is_no_other_part_takes_the_later_ones_away(at_review: Interview) -> None:
    two = take_usual(answer_all(at_review.back(), "yes", "api"), Asks.MORE)
    one = answer_all(two, "part-1.more", "no")
    assert [component.name for component in one.answer_file().components] == ["cart"]


def test_another_kind_renames_a_part_that_nobody_named(at_review: Interview) -> None:
    changed = answer_all(at_review, "part-1.archetype", "api")
    assert [component.name for component in changed.answer_file().components] == ["api"]
    named = answer_all(at_review, "part-1.component-name", "basket", "part-1.archetype", "api")
    assert [component.name for component in named.answer_file().components] == ["basket"]


def test_resumed_from_any_answer_it_goes_on_where_it_was(at_cart: Interview, rulebook: Rulebook) -> None:
    interview = at_cart
    for reply in [*CARD, "draft", "retry", "unknown"]:
        interview = interview.answered(reply)
        again = Interview.begun(rulebook, answers_of(written(interview.answer_file()), rulebook))
        assert again.answer_file() == interview.answer_file()
        assert again.step == interview.step


def test_resuming_keeps_what_the_interview_does_not_ask(rulebook: Rulebook) -> None:
    text = "version: 1\npriorities: {cost: 2}\ncomponents: [{name: a, answers: {spikes: flash, latency: batch}}]"
    file = Interview.begun(rulebook, answers_of(text, rulebook)).answer_file()
    assert file.priorities == {"cost": 2}
    assert file.components[0].answers == {"spikes": "flash", "latency": "batch"}
