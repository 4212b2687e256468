"""Every lesson in a real JupyterLab and a real browser, with clicks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.course.lesson import Lesson
from minisvc.course.lessons import LESSONS
from minisvc.lab.server import Server
from minisvc.panel.content import Question
from tests.browser.lab import Book

pytestmark = pytest.mark.browser


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.number)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@pytest.fixture
def read(lesson: Lesson, page: Page, server: Server) -> Iterator[Book]:
    # So high that JupyterLab has every cell on the page at once.
    page.set_viewport_size({"width": 1400, "height": 12_000})
    book = Book(page, replace(server, notebook=lesson.notebook))
    yield book
    book.command("kernelmenu:shutdown")


def choose(asked: Locator, question: Question, value: str) -> None:
    words = next(each.words for each in question.choices if each.value == value)
    asked.get_by_label(words, exact=True).check()
    asked.get_by_role("button").click()


def test_a_lesson_is_read_with_clicks(lesson: Lesson, read: Book) -> None:
    read.run_all()
    expect(read.page.locator('[data-verdict="refuted"]')).to_have_count(0)
    questions = read.page.locator(".statewise-question")
    for question in lesson.predicts.values():
        asked = questions.filter(has_text=question.asks)
        choose(asked, question, question.choices[0].value)
        expect(asked.get_by_role("status")).to_have_text("Locked in. Now see what happens.")
    for question in lesson.recalls.values():
        asked = questions.filter(has_text=question.asks)
        for each in sorted(question.choices, key=lambda choice: choice.value == question.right):
            choose(asked, question, each.value)
            expect(asked.get_by_role("status")).to_have_text(each.reply)


def test_progress_is_on_the_start_page_afterwards(page: Page, server: Server) -> None:
    book = Book(page, replace(server, notebook=LESSONS[0].notebook))
    book.run_all()
    asked = page.locator(".statewise-question").first
    question = next(iter(LESSONS[0].predicts.values()))
    choose(asked, question, question.right)
    expect(asked.get_by_role("status")).to_contain_text("Locked in.")
    book.command("kernelmenu:shutdown")
    start = Book(page, replace(server, notebook="index.ipynb"))
    start.run_all()
    done = page.get_by_role("row", name=LESSONS[0].title).locator("progress").last
    assert int(done.get_attribute("value") or 0) > 0
    expect(page.get_by_text("Next:")).to_be_visible()
    start.command("kernelmenu:shutdown")
