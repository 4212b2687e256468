"""The questions of the lessons on the page, by id: notebooks name them, so that no notebook gives an answer away."""

from __future__ import annotations

from minisvc.course.lessons import find_question
from minisvc.course.progress import BrokenProgress, Progress
from minisvc.panel.question import Asked


def predict(name: str) -> Counted:
    """Ask the question `name` before the experiment: the choice is locked in and not judged yet.

    Locking in is a step of the lesson, whatever the guess.

    Raises:
        UnknownName: there is no such question.
    """
    return Counted(name, judged=False)


def recall(name: str) -> Counted:
    """Ask the question `name` after the experiment: locking in shows the reply at once.

    The right answer is a step of the lesson.

    Raises:
        UnknownName: there is no such question.
    """
    return Counted(name, judged=True)


class Counted(Asked):
    """A question whose answer counts as a step of its lesson."""

    def __init__(self, name: str, *, judged: bool) -> None:
        self._name, self._any_answer = name, not judged
        super().__init__(find_question(name), judged=judged)

    def lock(self, value: str) -> None:
        """Lock the choice `value` in, and count it.

        Raises:
            ValueError: the question has no such choice.
        """
        super().lock(value)
        if self._any_answer or self.right:
            try:
                Progress().note(self._name)
            except BrokenProgress as broken:
                # What a button's handler raises shows nowhere, so it is said where the reply stands.
                self.reply = f"{self.reply} {broken}"
