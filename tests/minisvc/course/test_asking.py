import pytest

from minisvc.course import predict, recall
from minisvc.course.lessons import LESSONS, UnknownName, questions
from minisvc.course.progress import Progress


@pytest.mark.parametrize("name", questions())
def test_every_question_has_one_right_choice_and_a_reply_to_each(name: str) -> None:
    asked = questions()[name]
    assert [each.value for each in asked.choices].count(asked.right) == 1
    assert len({each.value for each in asked.choices}) == len(asked.choices) >= 2
    assert all(each.reply for each in asked.choices)


def test_no_two_lessons_have_a_step_of_one_name() -> None:
    steps = [step for lesson in LESSONS for step in lesson.steps]
    assert len(set(steps)) == len(steps)


def test_a_prediction_counts_whatever_it_is(kept: Progress) -> None:
    predict("start-here").lock("nobody")
    assert [*kept.done()] == ["start-here"]


def test_a_recall_counts_once_it_is_right(kept: Progress) -> None:
    asked = recall("after-restart")
    asked.lock("yes")
    assert not kept.done()
    asked.lock("no")
    assert [*kept.done()] == ["after-restart"]


def test_an_answer_is_judged_where_progress_cannot_be_kept_and_the_reason_stands_beside(kept: Progress) -> None:
    kept.path.parent.mkdir(parents=True)
    kept.path.write_text("[")
    asked = recall("after-restart")
    asked.lock("no")
    assert asked.reply.startswith("Right.")
    assert f"Your progress cannot be kept in {kept.path}" in asked.reply


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"There is no question 'start-her'. Did you mean \"start-here\""):
        predict("start-her")
