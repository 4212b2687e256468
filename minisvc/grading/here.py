"""Grading inside a notebook: for a learner who wants to know, and for nbgrader's cells.

The cells that ran so far are handed to the same black box that grades a class, so that both ways agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from minisvc.errors import MinisvcError, did_you_mean
from minisvc.grading import notebook, shelf
from minisvc.grading.exercise import Exercise
from minisvc.grading.grade import Grade, grade
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission


class NotInNotebook(MinisvcError):
    """Somebody asks for a grade of cells where there are none."""

    def __init__(self) -> None:
        super().__init__("There is no notebook here, so there are no cells to grade.\n  Use: minisvc grade FILE.ipynb")


class Shown:
    """Lines of text that a notebook shows as such."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        return "".join(f"<div>{escape(each)}</div>" for each in self.lines)


def task(exercise_id: str, student: str) -> Shown:
    """What is asked of this student, with the student's own numbers.

    Raises:
        UnknownExercise: there is no such exercise.
    """
    exercise = shelf.find(exercise_id).exercise
    if not student.strip():
        return Shown(['Put your name into the cell above, student = "...", and run both again.'])
    asks = exercise.asks_of(student)
    return Shown([f"{student}, your task: {asks}" if asks else f"{student}, your task is as it stands above."])


def check_here(exercise_id: str, hints: int = 0, *, cells: Sequence[str] | None = None) -> Shown:
    """Grade the cells that ran so far: each check with its reason, and so many of the three hints.

    `cells` are sources to grade in place of those that ran.

    Raises:
        NotInNotebook: nothing ran, for this is no notebook.
    """
    found = shelf.find(exercise_id)
    graded = _graded(exercise_id, tuple(_answer(_history() if cells is None else cells)))
    return Shown([*_lines(graded), *_hints(found.exercise, graded, hints)])


def grade_here(exercise_id: str, check: str, *, cells: Sequence[str] | None = None) -> None:
    """Let an nbgrader cell pass or fail by one check of the cells that ran so far.

    Raises:
        AssertionError: the check does not hold; the message is the reason.
        UnknownExercise: there is no such exercise.
        MinisvcError: it has no such check, or this is no notebook.
    """
    found = shelf.find(exercise_id)
    names = [each.name for each in found.exercise.checks]
    if check not in names:
        raise MinisvcError(f"{exercise_id} has no check {check!r}.{did_you_mean(check, names)}")
    graded = _graded(exercise_id, tuple(_answer(_history() if cells is None else cells)))
    reason = next(row.reason for row in graded.rows if row.check == check)
    if reason:
        raise AssertionError(reason)


@lru_cache(maxsize=1)
def _graded(exercise_id: str, cells: tuple[Cell, ...]) -> Grade:
    """The grade of these cells: found once, though a notebook asks for each check by itself."""
    return grade(shelf.find(exercise_id), Submission("here", notebook.signed(cells), cells))


def _answer(sources: Iterable[str]) -> Iterable[Cell]:
    for number, source in enumerate(sources, 1):
        if source.strip() and not notebook.asks_grader(source):
            yield Cell(f"cell {number}", source)


def _history() -> list[str]:
    from IPython import get_ipython  # noqa: PLC0415  # a command has no use for it

    shell = get_ipython()
    if shell is None:
        raise NotInNotebook
    return [str(each) for each in shell.user_ns["In"][1:]]


def _lines(graded: Grade) -> Iterable[str]:
    for row in graded.rows:
        mark = "✗" if row.reason else "✓"
        yield f"{mark} {row.check} ({row.points} of {row.of}): {row.reason or row.says}"
    yield from graded.notes
    yield f"{graded.points} of {graded.of} points."


def _hints(exercise: Exercise, graded: Grade, hints: int) -> Iterable[str]:
    for number, hint in enumerate(exercise.hints[:hints], 1):
        yield f"Hint {number}: {hint}"
    if graded.reasons and hints < len(exercise.hints):
        yield f'For a hint: check_here("{exercise.id}", {hints + 1})'
