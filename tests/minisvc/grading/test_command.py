"""`minisvc grade`: a class is graded, whatever is in it."""

import csv
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from minisvc.grading import shelf

from .class_of import EXERCISE, answered, handed_in, hostile, put

FULL = shelf.find(EXERCISE).exercise.points


@pytest.fixture
def grading(tmp_path, monkeypatch):
    """Call it with the words of the command; grades are remembered in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*words: object, **options) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "minisvc", "grade", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, **options)

    return run


def lines(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {each["submission"]: each for each in csv.DictReader(file)}


def test_each_gets_points_and_reasons_and_nobody_stops_the_class(tmp_path, grading):
    put(tmp_path / "class", "ada", answered("ada"))
    put(tmp_path / "class", "ben", answered("ben", step=1))
    put(tmp_path / "class", "cleo", hostile("leaves", "cleo"))
    put(tmp_path / "class", "dan", "def create_app(instance:")
    put(tmp_path / "class", "eve", "").write_text("")
    put(tmp_path / "class", "fay", "").write_text("{'no': json")
    done = grading(tmp_path / "class", "--csv", tmp_path / "g.csv", "--html", tmp_path / "g.html")
    assert done.returncode == 0, done.stderr
    found = lines(tmp_path / "g.csv")
    assert {name: int(each["points"]) for name, each in found.items()} == {
        "ada": FULL, "ben": 0, "cleo": 0, "dan": 0, "eve": 0, "fay": 0,
    }  # fmt: skip
    assert found["ada"]["reasons"] == ""
    assert "After 1 times the count is 1; your step is" in found["ben"]["reasons"]
    assert "ended by itself with status 3" in found["cleo"]["reasons"]
    assert 'Cell "answer" raised SyntaxError' in found["dan"]["reasons"]
    assert found["eve"]["reasons"] == f"all: {EXERCISE}.ipynb is no notebook: the file is empty."
    assert "it is not JSON" in found["fay"]["reasons"]
    assert {each["of"] for each in found.values()} == {str(FULL)}
    assert "6 submissions: 1 with all points, 5 with none" in done.stdout
    page = (tmp_path / "g.html").read_text()
    assert "&#34;answer&#34; raised SyntaxError" in page


def test_what_was_graded_is_not_graded_again_until_it_changes(tmp_path, grading):
    path = put(tmp_path / "class", "ada", answered("ada", step=1))
    first, again = (grading(tmp_path / "class", "--csv", tmp_path / f"{n}.csv") for n in (1, 2))
    assert first.stdout == again.stdout
    assert (tmp_path / "1.csv").read_text() == (tmp_path / "2.csv").read_text()  # with the time that it took
    handed_in("ada", answered("ada")).write(path)
    assert f"{FULL} of {FULL}" in grading(tmp_path / "class").stdout


def test_an_interrupted_class_ends_at_once_and_goes_on_where_it_was(tmp_path, grading, monkeypatch):
    put(tmp_path / "class", "ada", answered("ada"))
    put(tmp_path / "class", "zoe", hostile("endless", "zoe"))
    state = tmp_path / "state" / "statewise" / "grades"
    command = [sys.executable, "-m", "minisvc", "grade", str(tmp_path / "class"), "--jobs", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        kept = threading.Event()

        def watch() -> None:
            while process.poll() is None and not list(state.glob("*.json")):
                kept.wait(0.05)
            os.kill(process.pid, signal.SIGINT)

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, said = process.communicate(timeout=60)
        watcher.join()
    assert process.returncode == 130
    assert "interrupted; the same command goes on where it was" in said
    assert len(list(state.glob("*.json"))) == 1


def test_a_copy_is_noticed_by_its_name(tmp_path, grading):
    put(tmp_path / "class", "ada", answered("ada"))
    put(tmp_path / "class", "ben", "").write_text(
        (tmp_path / "class" / "ada" / EXERCISE / f"{EXERCISE}.ipynb").read_text()
    )
    grading(tmp_path / "class", "--csv", tmp_path / "g.csv")
    assert lines(tmp_path / "g.csv")["ben"]["notes"] == 'It is signed "ada", and so is that of ada: is one a copy?'


def test_a_name_that_is_a_formula_is_none_in_the_table(tmp_path, grading):
    put(tmp_path / "class", "=cmd", answered("=cmd"))
    grading(tmp_path / "class", "--csv", tmp_path / "g.csv")
    assert lines(tmp_path / "g.csv")["'=cmd"]["student"] == "'=cmd"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "neither"], "nowhere does not exist.\nneither does not exist."),
        ([".", "--jobs", "0"], "--jobs is '0'; it must be a whole number from 1 to 256."),
        ([".", "--exercise", "counter-nowhere"], 'Did you mean "counter-anywhere"?'),
    ],
)
def test_what_cannot_be_graded_is_said_with_status_2(words, said, tmp_path, grading):
    done = grading(*words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])})
    assert done.returncode == 2
    assert said in done.stderr
