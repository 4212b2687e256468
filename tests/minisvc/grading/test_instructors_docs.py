"""docs/instructors.md says what is so."""

import re
import subprocess
import sys
from pathlib import Path

from minisvc.grading import handout, shelf
from minisvc.grading.sandbox.birth import Work
from minisvc.grading.sandbox.instance import UP_WITHIN_S
from minisvc.grading.sandbox.rights import MORE_TASKS, MOST_FILES

TEXT = (Path(__file__).parents[3] / "docs" / "instructors.md").read_text()
FLAT = " ".join(TEXT.split())


def help_of(*command: str) -> str:
    words = [sys.executable, "-m", "minisvc", *command, "--help"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_every_exercise_is_in_the_table_with_its_lesson_and_level():
    told = re.findall(r"^\| `([a-z-]+)` \| (\d\d) \| (\d) \|", TEXT, re.MULTILINE)
    exercises = [shelf.find(each).exercise for each in shelf.ids()]
    assert told == [(each.id, each.lesson, str(each.level)) for each in exercises]


def test_every_option_of_grade_is_explained_and_exists():
    told = set(re.findall(r"^\| `(--[a-z]+)` \|", TEXT, re.MULTILINE))
    assert told == set(re.findall(r"--[a-z]+", help_of("grade"))) - {"--help"}


def test_every_action_of_exercise_is_explained_and_exists():
    told = set(re.findall(r"minisvc exercise ([a-z]+)", TEXT))
    assert told == set(re.findall(r"^    ([a-z]+) ", help_of("exercise"), re.MULTILINE))


def test_the_limits_are_those_that_are_set():
    work = Work(())
    said = f"{work.cpu_s} s of processor time, {work.memory_mb // 1024} GB of memory, files of {work.file_mb} MB, "
    assert f"{said}{MOST_FILES} open files, {MORE_TASKS} more tasks" in FLAT
    assert f"not done with its cells after {UP_WITHIN_S:g} s" in FLAT
    assert f"and {work.disk_mb} MB of files together" in FLAT
    assert "0 all were graded" in FLAT


def test_a_course_gets_the_settings_that_are_told_of():
    assert f"also writes `{handout.CONFIG}`" in FLAT
