"""nbgrader's way: source, release, submissions, autograde, feedback; its grades are ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from minisvc.grading import handout, notebook, shelf
from minisvc.grading.grade import grade

from .class_of import EXERCISE, answered, put, submission

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install statewise[classroom]")
ROOT = Path(__file__).parents[3]
CLASS = {"ada": answered("ada"), "ben": answered("ben", step=1), "cleo": answered("cleo", first="total = 1 / 0")}


@pytest.fixture
def nbgrader(tmp_path):
    """Runs one step in a course that has the exercise; no settings of the person who tests are used."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    clean = {name: str(tmp_path / name.lower()) for name in names}
    # nbgrader calls alembic by its name, so its environment must be active.
    clean["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **clean, "JUPYTER_PATH": f"{sys.prefix}/share/jupyter", "PYTHONPATH": str(ROOT)}
    course = tmp_path / "course"
    handout.source(shelf.find(EXERCISE), course)

    def run(step: str, *words: str) -> Path:
        command = [sys.executable, "-m", "nbgrader", step, EXERCISE, "--course-dir", str(course), *words]
        done = subprocess.run(
            command, cwd=course, env=environment, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stderr
        return course

    return run


def scores(course: Path) -> dict[str, dict[str, float]]:
    """Points by student and check, as nbgrader's gradebook has them."""
    from nbgrader.api import Gradebook  # noqa: PLC0415

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            student: {
                each.name.removeprefix(notebook.CHECK_PREFIX): each.score
                for each in book.find_submission_notebook(EXERCISE, EXERCISE, student).grades
            }
            for student in CLASS
        }


@pytest.mark.timeout(240)
def test_from_source_to_feedback_both_ways_give_the_same_points(nbgrader):
    course = nbgrader("generate_assignment")
    released = notebook.read(course / "release" / EXERCISE / f"{EXERCISE}.ipynb")
    ours = shelf.find(EXERCISE).source().released()
    assert [each.source.strip() for each in released.cells] == [each.source.strip() for each in ours.cells]
    for student, answer in CLASS.items():
        put(course / "submitted", student, answer)
    nbgrader("autograde")
    found = shelf.find(EXERCISE)
    wanted = {
        student: {row.check: float(row.points) for row in grade(found, submission(student, answer)).rows}
        for student, answer in CLASS.items()
    }
    assert scores(course) == wanted
    nbgrader("generate_feedback")
    page = (course / "feedback" / "ben" / EXERCISE / f"{EXERCISE}.html").read_text()
    assert "After 1 times the count is 1; your step is" in page
