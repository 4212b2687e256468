import pytest

from minisvc.panel.content import Choice, Question
from minisvc.panel.question import Asked

BACK = Question(
    asks="Do the lost carts come back?",
    right="no",
    choices=(
        Choice("yes", "Yes", "No. Its memory went with the crash."),
        Choice("no", "No", "Right. It starts empty."),
    ),
)


def test_a_prediction_is_locked_in_and_not_judged() -> None:
    guess = Asked(BACK, judged=False)
    guess._handle_custom_msg({"lock": "yes"}, [])
    guess.lock("no")
    assert guess.locked == "yes"
    assert guess.reply == "Locked in. Now see what happens."
    assert not guess.right


def test_a_recall_replies_at_once_and_may_be_tried_again() -> None:
    check = Asked(BACK, judged=True)
    check.lock("yes")
    assert check.reply.startswith("No.")
    check.lock("no")
    assert check.right
    assert check.reply.startswith("Right.")


def test_a_choice_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no choice 'maybe'; this question has: yes, no"):
        Asked(BACK, judged=True).lock("maybe")


def test_a_message_with_nonsense_changes_nothing() -> None:
    check = Asked(BACK, judged=True)
    for nonsense in ({"lock": "maybe"}, {"lock": None}, {}, {"lock": ["yes"]}):
        check._handle_custom_msg(nonsense, [])
    assert check.answer is None


def test_the_page_does_not_give_the_answer_away() -> None:
    check = Asked(BACK, judged=True)
    sent = str(check.get_state(["asks", "choices", "reply", "locked"]))
    assert BACK.choices[1].reply not in sent
