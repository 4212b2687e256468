"""Every lesson in a real JupyterLab and a real browser, with clicks."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.course.lesson import Lesson
from minisvc.course.lessons import LESSONS
from minisvc.lab.server import Server
from minisvc.panel.content import Question
from tests.browser.lab import Book

pytestmark = pytest.mark.browser


@pytest.fixture
def page(page: Page) -> Page:
    # So high that JupyterLab has every cell on the page at once.
    page.set_viewport_size({"width": 1400, "height": 12_000})
    return page


def choose(asked: Locator, question: Question, value: str) -> None:
    words = next(each.words for each in question.choices if each.value == value)
    asked.get_by_label(words, exact=True).check()
    asked.get_by_role("button").click()


def read(lesson: Lesson, page: Page, server: Server) -> None:
    """Run a lesson, and answer every question in it."""
    book = Book(page, replace(server, notebook=lesson.notebook))
    book.run_all()
    expect(page.locator('[data-verdict="refuted"]')).to_have_count(0)
    questions = page.locator(".statewise-question")
    for question in lesson.predicts.values():
        asked = questions.filter(has_text=question.asks)
        choose(asked, question, question.choices[0].value)
        expect(asked.get_by_role("status")).to_have_text("Locked in. Now see what happens.")
    for question in lesson.recalls.values():
        asked = questions.filter(has_text=question.asks)
        for each in sorted(question.choices, key=lambda choice: choice.value == question.right):
            choose(asked, question, each.value)
            expect(asked.get_by_role("status")).to_have_text(each.reply)
    book.command("kernelmenu:shutdown")


def test_the_first_lesson_is_read_with_clicks_and_is_on_the_start_page_afterwards(page: Page, server: Server) -> None:
    first = LESSONS[0]
    read(first, page, server)
    start = Book(page, replace(server, notebook="index.ipynb"))
    start.run_all()
    done = page.get_by_role("row", name=first.title).locator("progress").last
    assert int(done.get_attribute("value") or 0) > 0
    expect(page.get_by_text("Next:")).to_be_visible()
    start.command("kernelmenu:shutdown")


@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda lesson: lesson.number)
def test_a_lesson_is_read_with_clicks(lesson: Lesson, page: Page, server: Server) -> None:
    read(lesson, page, server)
