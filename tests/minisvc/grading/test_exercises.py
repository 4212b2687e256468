"""The shipped exercises are sound, and `minisvc exercise` says when one is not."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from minisvc.grading import shelf
from minisvc.grading.exercise import Check, Exercise, ExerciseError
from minisvc.grading.verify import faults_of

ROOT = Path(__file__).parents[3]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def minisvc(*words: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "minisvc", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=where, timeout=110, check=False)


@pytest.mark.parametrize("exercise_id", shelf.ids())
def test_an_exercise_is_sound(exercise_id):
    assert faults_of(shelf.find(exercise_id)) == []


def test_the_list_names_each_with_its_lesson_level_minutes_and_points():
    said = minisvc("exercise", "list").stdout
    for each in (shelf.find(each).exercise for each in shelf.ids()):
        assert f"lesson {each.lesson}, level {each.level}, {each.minutes} min, {each.points} points" in said


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_names_its_exercises_at_its_end_and_has_two_at_least(path):
    ours = [
        each.id for each in (shelf.find(each).exercise for each in shelf.ids()) if path.stem.startswith(each.lesson)
    ]
    named = (
        "".join(json.loads(path.read_text())["cells"][-1]["source"]).partition("**Exercises:** ")[2].partition(".")[0]
    )
    assert named == ", ".join(f"`{each}`" for each in ours)
    assert len(ours) >= 2


def test_the_students_copy_has_no_solution(tmp_path):
    done = minisvc("exercise", "release", "store-is-down", "--to", str(tmp_path))
    copy = tmp_path / "store-is-down.ipynb"
    assert done.stdout == f"Written: {copy}\n"
    assert "YOUR CODE HERE" in copy.read_text()
    assert "errorhandler(redis" not in copy.read_text()
    again = minisvc("exercise", "release", "store-is-down", "--to", str(tmp_path))
    assert again.returncode == 2
    assert "is left alone: it exists" in again.stderr


def test_an_exercise_of_ones_own_begins_as_a_sound_one_and_says_what_spoils_it(tmp_path):
    own = tmp_path / "my-own"
    assert f"minisvc exercise check {own}" in minisvc("exercise", "new", str(own)).stdout
    assert minisvc("exercise", "check", str(own)).returncode == 0
    (own / "wrong" / "memory.py").write_text("# fails: crash\n# reason: because\nstep = 0\n")
    spoilt = (own / "exercise.py").read_text().replace('Check("own-count", 1', 'Check("own-count", 2')
    (own / "exercise.py").write_text(spoilt)
    done = minisvc("exercise", "check", str(own))
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "my-own is not sound" in said
    assert "they must agree" in said
    assert 'The wrong answer "memory" fails crash for another reason: It defines no create_app(instance).' in said


def test_an_unknown_exercise_is_answered_with_the_nearest():
    done = minisvc("exercise", "check", "store-is-up")
    assert done.returncode == 2
    assert 'Did you mean "store-is-down"?' in done.stderr


def test_all_that_is_wrong_with_an_exercise_is_said_at_once():
    check = Check("Crash", 0, "", lambda trial: None)
    with pytest.raises(ExerciseError) as wrong:
        Exercise("Bad Id", "t", "3", 4, 0, " ", ("one",), (check,), asks="{step}")
    assert len(wrong.value.faults) == 9
    assert "exercise 'Bad Id': asks names {step}, which is none of numbers." in str(wrong.value)


def test_a_name_is_the_same_whatever_its_spaces_and_capitals_and_numbers_differ_between_names():
    exercise = shelf.find("counter-anywhere").exercise
    assert exercise.numbers_of(" ada  LOVELACE") == exercise.numbers_of("Ada Lovelace")
    assert len({exercise.numbers_of(f"student {number}")["step"] for number in range(30)}) > 10


def test_the_wheel_carries_what_is_asked_and_no_answer(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    ours = sorted(name for name in names if name.startswith("minisvc/exercises/"))
    assert ours == [f"minisvc/exercises/{each}/exercise.py" for each in sorted(shelf.ids())]
    assert "minisvc/grading/templates/grades.html" in names
