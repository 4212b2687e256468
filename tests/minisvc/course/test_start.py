import json
from pathlib import Path

import nbformat
import pytest

from minisvc.course import export_progress, glossary, predict, progress
from minisvc.course.glossary import WORDS, UnknownWord
from minisvc.course.lesson import Lesson
from minisvc.course.lessons import LESSONS
from minisvc.course.progress import Progress
from minisvc.course.start import lesson_map

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


def test_the_start_page_has_the_map_of_all_lessons() -> None:
    page = nbformat.read(NOTEBOOKS / "index.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in page.cells)
    assert lesson_map() in text, f"the map on the start page is not that of the lessons, which is\n{lesson_map()}"


def test_each_lesson_has_its_notebook_and_each_notebook_its_lesson() -> None:
    assert [each.notebook for each in LESSONS] == sorted(path.name for path in NOTEBOOKS.glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_a_lesson_uses_each_of_its_steps_and_tells_its_needs_and_its_minutes(lesson: Lesson) -> None:
    text = "\n".join(cell.source for cell in nbformat.read(NOTEBOOKS / lesson.notebook, as_version=4).cells)
    assert [step for step in lesson.steps if f'("{step}"' not in text] == []
    assert [need for need in lesson.needs if f"[{need}]({need}-" not in text] == []
    assert text.startswith(f"# {lesson.title}\n")
    words = {10: "Ten", 20: "Twenty", 25: "Twenty-five"}
    assert f"**{words[lesson.minutes]} minutes.**" in text


def test_needs_come_before() -> None:
    for lesson in LESSONS:
        assert all(need < lesson.number for need in lesson.needs)


def test_progress_shows_what_is_done_and_what_comes_next() -> None:
    assert "00 Start here: crash it and see: 0 of 3" in repr(progress())
    predict("start-here").lock("nobody")
    page = progress().source
    assert "1 of 3" in page
    assert 'Next: <a href="00-start-here.ipynb">' in page
    assert [*json.loads(export_progress())] == ["start-here"]


def test_all_done_is_said(progress_of_all: None) -> None:
    assert "You have done all of it." in progress().source
    assert "3 of 3 ✓" in progress().source


@pytest.fixture
def progress_of_all(kept: Progress) -> None:
    for lesson in LESSONS:
        for step in lesson.steps:
            kept.note(step)


def test_the_glossary_has_every_word_in_order_and_each_alone() -> None:
    listed = repr(glossary()).splitlines()
    assert len(listed) == len(WORDS)
    assert listed[0].startswith("affinity: ")
    assert repr(glossary("JWT")).startswith("JWT: A signed token")


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(UnknownWord, match=r'no .afinity.\. Did you mean "affinity"'):
        glossary("afinity")
