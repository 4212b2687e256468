import pytest

from minisvc.panel import predict, recall, what_happened
from minisvc.panel.content import QUESTIONS, UnknownQuestion


def test_a_prediction_is_locked_in_and_not_judged() -> None:
    guess = predict("start-here")
    guess._handle_custom_msg({"lock": "nobody"}, [])
    guess.lock("its-own")
    assert guess.locked == "nobody"
    assert guess.reply == "Locked in. Now see what happens."
    assert not guess.right


def test_a_recall_replies_at_once_and_may_be_tried_again() -> None:
    check = recall("after-restart")
    check.lock("yes")
    assert check.reply.startswith("No.")
    check.lock("no")
    assert check.right
    assert check.reply.startswith("Right.")


def test_a_choice_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no choice 'maybe'; this question has: yes, no"):
        recall("after-restart").lock("maybe")


def test_a_message_with_nonsense_changes_nothing() -> None:
    check = recall("after-restart")
    for nonsense in ({"lock": "maybe"}, {"lock": None}, {}, {"lock": ["yes"]}):
        check._handle_custom_msg(nonsense, [])
    assert check.answer is None


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownQuestion, match='Did you mean "start-here"'):
        predict("start-her")


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_one_right_choice_and_a_reply_to_each(name: str) -> None:
    asked = QUESTIONS[name]
    assert [each.value for each in asked.choices].count(asked.right) == 1
    assert all(each.reply for each in asked.choices)


def test_the_page_does_not_give_the_answer_away() -> None:
    check = recall("after-restart")
    sent = str(check.get_state(["asks", "choices", "reply", "locked"]))
    assert QUESTIONS["after-restart"].choices[1].reply not in sent


def test_what_happened_names_losers_and_compares_with_the_guess() -> None:
    guess = predict("start-here")
    guess.lock("nobody")
    page = what_happened({"memory": ["c1", "c4"], "redis": []}, guess)._repr_html_()
    assert "<b>2</b></td><td>c1, c4" in page
    assert "<b>0</b></td><td>none" in page
    assert "It went otherwise" in page


def test_what_happened_without_a_guess_says_so() -> None:
    assert "You made no guess" in what_happened({"memory": []})._repr_html_()
