import json
from pathlib import Path

import pytest

from minisvc.lab.copies import MEMORY, hand_out
from minisvc.lab.errors import NotWritable


class Release:
    """A released notebook, and a person's copy of it."""

    def __init__(self, place: Path) -> None:
        self.source, self.mine = place / "released", place / "mine"
        self.source.mkdir()
        self.write("one")

    def write(self, content: str) -> None:
        (self.source / "00-start.ipynb").write_text(content)

    def work(self, content: str) -> None:
        (self.mine / "00-start.ipynb").write_text(content)

    def hand_out(self) -> list[tuple[str, str]]:
        return [(each.path.name, each.deed) for each in hand_out(self.source, self.mine)]

    def found(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.mine.glob("*.ipynb")}


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path)


def test_the_first_time_everything_is_copied(release: Release) -> None:
    assert release.hand_out() == [("00-start.ipynb", "new")]
    assert release.found() == {"00-start.ipynb": "one"}


def test_the_second_time_nothing_changes(release: Release) -> None:
    release.hand_out()
    assert release.hand_out() == []


def test_work_stays_and_is_not_mentioned_while_the_release_is_the_same(release: Release) -> None:
    release.hand_out()
    release.work("mine")
    assert release.hand_out() == []
    assert release.found() == {"00-start.ipynb": "mine"}


def test_a_notebook_without_work_in_it_is_brought_up_to_date(release: Release) -> None:
    release.hand_out()
    release.write("two")
    assert release.hand_out() == [("00-start.ipynb", "updated")]
    assert release.found() == {"00-start.ipynb": "two"}


def test_a_new_release_arrives_beside_work_once(release: Release) -> None:
    release.hand_out()
    release.work("mine")
    release.write("two")
    assert release.hand_out() == [("00-start.new.ipynb", "beside")]
    assert release.hand_out() == []
    assert release.found() == {"00-start.ipynb": "mine", "00-start.new.ipynb": "two"}


def test_a_third_release_does_not_write_over_the_second(release: Release) -> None:
    release.hand_out()
    release.work("mine")
    release.write("two")
    release.hand_out()
    release.write("three")
    assert release.hand_out() == [("00-start.new2.ipynb", "beside")]
    assert release.found()["00-start.new.ipynb"] == "two"


def test_a_lesson_that_was_only_run_is_brought_up_to_date(release: Release) -> None:
    release.write(lesson("1 + 1"))
    release.hand_out()
    release.work(lesson("1 + 1", ran=2))
    assert release.hand_out() == []
    release.write(lesson("1 + 2"))
    assert release.hand_out() == [("00-start.ipynb", "updated")]


def test_a_lesson_that_was_run_and_changed_is_work(release: Release) -> None:
    release.write(lesson("1 + 1"))
    release.hand_out()
    release.work(lesson("1 + 4", ran=2))
    release.write(lesson("1 + 2"))
    assert release.hand_out() == [("00-start.new.ipynb", "beside")]
    assert release.found()["00-start.ipynb"] == lesson("1 + 4", ran=2)


def lesson(source: str, ran: int | None = None) -> str:
    """A notebook of one cell, as it was handed out, or as JupyterLab saves it after it was run."""
    lines = [source] if ran is None else list(source)
    outputs = [] if ran is None else [{"output_type": "execute_result", "data": {"text/plain": "2"}}]
    cell = {"cell_type": "code", "source": lines, "execution_count": ran, "outputs": outputs}
    return json.dumps({"cells": [cell], "metadata": {} if ran is None else {"language_info": {"name": "python"}}})


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"00-start.ipynb": 3}', "\x00"])
def test_with_a_spoilt_memory_everything_there_is_kept(release: Release, spoilt: str) -> None:
    release.hand_out()
    release.work("mine")
    (release.mine / MEMORY).write_text(spoilt)
    assert release.hand_out() == [("00-start.new.ipynb", "beside")]
    assert release.found()["00-start.ipynb"] == "mine"


def test_a_file_in_the_way_is_named(release: Release) -> None:
    release.mine.write_text("a file")
    with pytest.raises(NotWritable, match=f"{release.mine}: .*exists"):
        release.hand_out()
