"""`minisvc lab` before anything is served: the list of lessons, and the one to begin with."""

import subprocess
import sys

import pytest

from minisvc.commands.lab import _find
from minisvc.course.lessons import LESSONS
from minisvc.course.progress import Progress


def lab(tmp_path, *args: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    env = {"XDG_STATE_HOME": str(tmp_path), "PATH": "", "COLUMNS": str(columns)}
    return subprocess.run(
        [sys.executable, "-m", "minisvc", "lab", *args], capture_output=True, text=True, env=env, check=False
    )


def test_the_list_names_every_lesson_and_how_far_one_is(tmp_path):
    first = LESSONS[0]
    Progress(tmp_path / "statewise").note(first.steps[0])
    told = lab(tmp_path, "--list")
    assert (told.returncode, told.stderr) == (0, "")
    for each in LESSONS:
        (line,) = [line for line in told.stdout.splitlines() if line.startswith(each.number)]
        assert each.title in line
        assert f"{int(each is first)} of {len(each.steps)}" in line


@pytest.mark.parametrize("columns", [80, 40])
def test_no_title_is_cut_and_no_line_is_too_long(tmp_path, columns):
    lines = lab(tmp_path, "--list", columns=columns).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert [each.number for each in LESSONS] == [line[:2] for line in lines if line[:2].isdigit()]
    assert all(any(each.title in line for line in lines) for each in LESSONS)


def test_in_a_narrow_terminal_the_rest_stands_below_the_title(tmp_path):
    lines = lab(tmp_path, "--list", columns=40).stdout.splitlines()
    assert [line.rstrip() for line in lines[:2]] == [
        "00  Start here: crash it and see",
        "  10 min, after -; done 0 of 3",
    ]


def test_a_lesson_that_is_not_there_is_named_with_those_that_are(tmp_path):
    told = lab(tmp_path, "--lesson", "12")
    assert told.returncode == 2
    assert 'There is no lesson "12".' in told.stderr
    assert "Known: 00, 01, 02" in told.stderr


@pytest.mark.parametrize("number", ["3", "03"])
def test_a_lesson_is_known_by_its_number(number):
    assert _find(number).notebook == "03-crashes.ipynb"


def test_a_folder_without_that_lesson_is_refused(tmp_path):
    (tmp_path / "mine.ipynb").write_text("{}")
    told = lab(tmp_path, str(tmp_path), "--lesson", "03", "--no-browser")
    assert told.returncode == 2
    assert "03-crashes.ipynb is not in it" in told.stderr
