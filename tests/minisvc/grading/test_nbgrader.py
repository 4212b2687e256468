"""nbgrader's way: source, release, submissions, autograde, feedback; its grades are ours."""

import html
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from minisvc.grading import handout, notebook, shelf
from minisvc.grading.grade import grade

from .class_of import EXERCISE, answered, put, submission
from .class_of_30 import CLASS, put_class

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install statewise[classroom]")
ROOT = Path(__file__).parents[3]
ASKED = ("ada", "eve", "gus", "lea", "empty", "no-cells", "leaves", "c-bomb", "writes")
RUN = {"ada": answered("ada"), "ben": answered("ben", step=1), "cleo": answered("cleo", first="total = 1 / 0")}


OTHER = "other"


@pytest.fixture
def course(tmp_path):
    """A course that has the exercise; nothing is set yet."""
    folder = tmp_path / "course"
    handout.source(shelf.find(EXERCISE), folder)
    return folder


@pytest.fixture
def nbgrader(tmp_path, course):
    """Runs one step; no settings of the person who tests are used."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    clean = {name: str(tmp_path / name.lower()) for name in names}
    # nbgrader calls alembic by its name, so its environment must be active.
    clean["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **clean, "JUPYTER_PATH": f"{sys.prefix}/share/jupyter", "PYTHONPATH": str(ROOT)}

    def run(step: str, assignment: str = EXERCISE) -> str:
        command = [sys.executable, "-m", "nbgrader", step, assignment, "--course-dir", str(course)]
        done = subprocess.run(
            command, cwd=course, env=environment, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def scores(course: Path, student: str, assignment: str = EXERCISE) -> dict[str, float]:
    """Points by check, as nbgrader's gradebook has them."""
    from nbgrader.api import Gradebook  # noqa: PLC0415

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = book.find_submission_notebook(assignment, assignment, student).grades
        assert not any(each.needs_manual_grade for each in found)
        return {each.name.removeprefix(notebook.CHECK_PREFIX): each.score for each in found}


def feedback(course: Path, student: str) -> str:
    page = (course / "feedback" / student / EXERCISE / f"{EXERCISE}.html").read_text()
    return " ".join(html.unescape(page).split())


@pytest.mark.timeout(240)
def test_without_settings_too_both_ways_give_the_same_points(nbgrader, course):
    nbgrader("generate_assignment")
    released = notebook.read(course / "release" / EXERCISE / f"{EXERCISE}.ipynb")
    ours = shelf.find(EXERCISE).source().released()
    assert [each.source.strip() for each in released.cells] == [each.source.strip() for each in ours.cells]
    for student, answer in RUN.items():
        put(course / "submitted", student, answer)
    nbgrader("autograde")
    found = shelf.find(EXERCISE)
    for student, answer in RUN.items():
        rows = grade(found, submission(student, answer)).rows
        assert scores(course, student) == {row.check: float(row.points) for row in rows}
    nbgrader("generate_feedback")
    assert "After 1 times the count is 1; your step is" in feedback(course, "ben")


@pytest.mark.timeout(240)
def test_with_settings_each_gets_grade_and_reason_whatever_it_hands_in(nbgrader, course):
    assert handout.settings(course) == f"Written: {course / handout.CONFIG}"
    put_class(course / "submitted", list(ASKED))
    nbgrader("generate_assignment")
    said = nbgrader("autograde")
    nbgrader("generate_feedback")
    for student in ASKED:
        wanted = CLASS[student]
        assert sum(scores(course, student).values()) == wanted.points
        assert wanted.reason in feedback(course, student)
    assert "writes: It tried to write /tmp/written-by-a-student, and was not let." in said


@pytest.mark.timeout(240)
def test_an_assignment_that_is_no_exercise_is_run_as_ever_and_cannot_say_otherwise(nbgrader, course):
    handout.settings(course)
    for place, source in ((f"source/{OTHER}", "x = 1"), (f"submitted/ada/{OTHER}", "x = 2")):
        path = course / place / f"{OTHER}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(other(source)))
    nbgrader("generate_assignment", OTHER)
    nbgrader("autograde", OTHER)
    assert scores(course, "ada", OTHER) == {"same": 0.0}


def other(source: str) -> dict:
    """An assignment of somebody else's, which says of itself that it is an exercise."""
    about = {"schema_version": 3, "locked": False, "task": False}
    answer = about | {"grade": False, "solution": True, "grade_id": "x"}
    check = about | {"grade": True, "solution": False, "grade_id": "check-same", "points": 1, "locked": True}
    cells = [
        {"cell_type": "code", "source": text, "metadata": {"nbgrader": each}, "outputs": [], "execution_count": None}
        for each, text in ((answer, source), (check, "assert x == 1"))
    ]
    return {"cells": cells, "metadata": {"statewise": {"exercise": EXERCISE}}, "nbformat": 4, "nbformat_minor": 4}


def test_settings_that_are_there_are_left_alone_and_it_says_what_to_add(course):
    (course / handout.CONFIG).write_text("c = get_config()\n")
    assert "Add to it:\n\n" in handout.settings(course)
    assert (course / handout.CONFIG).read_text() == "c = get_config()\n"
    (course / handout.CONFIG).write_text(handout.SETTINGS)
    assert handout.settings(course) == ""
