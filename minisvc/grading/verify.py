"""Whether an exercise is sound: the solution gets all, the release nothing, each wrong answer its reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from minisvc.grading import notebook
from minisvc.grading.exercise import Exercise
from minisvc.grading.grade import Grade, grade
from minisvc.grading.notebook import Notebook
from minisvc.grading.shelf import Set, Wrong
from minisvc.grading.trial import Submission

FEWEST_WRONG = 3
SOMEBODY = 'student = "Somebody Else"'


def faults_of(found: Set) -> list[str]:
    """What is wrong with an exercise, one sentence a fault; nothing for a sound one.

    Raises:
        NoAnswers: its notebook is not here.
        UnreadableNotebook: what is here is none.
        ExerciseError: a wrong answer does not say what it must get.
    """
    source, wrong = found.source(), found.wrong()
    tries = [partial(_of_solution, found, source), partial(_of_release, found, source.released())]
    tries += [partial(_of_wrong, found, source, each) for each in wrong]
    return [*_of_cells(found.exercise, source), *_of_number(wrong), *_side_by_side(tries)]


def _side_by_side(tries: Iterable[Callable[[], Iterator[str]]]) -> list[str]:
    """What all of them find, in their order; as many at a time as there are processors, as a class is graded."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1, "verify")
    try:
        return [fault for faults in pool.map(lambda each: list(each()), tries) for fault in faults]
    finally:
        pool.shutdown(cancel_futures=True)


def _of_cells(exercise: Exercise, source: Notebook) -> Iterator[str]:
    if source.exercise != exercise.id:
        wanted_metadata = f'{{"statewise": {{"exercise": "{exercise.id}"}}}}'
        yield f"The notebook's metadata names {source.exercise!r}; it must have {wanted_metadata}."
    wanted = {each.name: float(each.points) for each in exercise.checks}
    if source.points != wanted:
        yield f"The notebook's grading cells give {source.points}, and the checks {wanted}: they must agree."
    names = [each.name for each in source.cells]
    if notebook.ANSWER not in names:
        yield f'No cell has the grade_id "{notebook.ANSWER}"; it has {", ".join(names)}.'


def _of_number(wrong: tuple[Wrong, ...]) -> Iterator[str]:
    if len(wrong) < FEWEST_WRONG:
        yield f"It has {len(wrong)} known wrong answers; give at least {FEWEST_WRONG}, each a file in wrong/."


def _of_solution(found: Set, source: Notebook) -> Iterator[str]:
    graded = _graded(found, source, "the solution")
    yield from (f"The solution fails {reason}" for reason in graded.reasons)
    yield from (f"The solution: {note}" for note in graded.notes)


def _of_release(found: Set, released: Notebook) -> Iterator[str]:
    if "SOLUTION" in str(released.data["cells"]):
        yield "The release still has a mark of a solution: BEGIN SOLUTION needs its END SOLUTION, in a solution cell."
    for what, book in (("The release", released), ("The release, signed,", _signed(released))):
        graded = _graded(found, book, what)
        if graded.points:
            yield f"{what} gets {graded.points} points: {', '.join(row.check for row in graded.rows if row.points)}."


def _of_wrong(found: Set, source: Notebook, wrong: Wrong) -> Iterator[str]:
    graded = _graded(found, source.answered(wrong.source), wrong.name, only=wrong.fails)
    row = next(iter(graded.rows), None)
    if row is None:
        yield f'The wrong answer "{wrong.name}" is to fail {wrong.fails!r}, which is no check.'
    elif not row.reason:
        yield f'The wrong answer "{wrong.name}" passes {wrong.fails}.'
    elif wrong.reason not in row.reason:
        yield f'The wrong answer "{wrong.name}" fails {wrong.fails} for another reason: {row.reason}'


def _graded(found: Set, book: Notebook, name: str, only: str | None = None) -> Grade:
    cells = book.cells
    return grade(found, Submission(name, notebook.signed(cells), cells), only=only)


def _signed(released: Notebook) -> Notebook:
    """The release with a name in it and nothing else, as who only signs hands it in."""
    return released.answered(SOMEBODY, at="name")
