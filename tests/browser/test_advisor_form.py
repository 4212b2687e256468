"""The form in a real JupyterLab and a real browser, by keys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import RUN_ALL, Book, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def book(browser: Browser, server: Server) -> Iterator[Book]:
    with opened(browser, server, "form.ipynb", "from advisor.form import form\n\nform()", "1") as kept:
        yield kept


@pytest.fixture
def shown(book: Book) -> Locator:
    book.page.evaluate(RUN_ALL)
    form = book.page.locator(".statewise-form")
    expect(form).to_be_visible()
    return form


@pytest.fixture
def page(book: Book) -> Page:
    return book.page


def test_by_keys_alone_an_answer_redraws_the_recommendation_and_a_fault_is_told(shown: Locator, page: Page) -> None:
    sessions = shown.get_by_label("How many sessions at once, at the peak?")
    sessions.focus()
    page.keyboard.type("lots")
    page.keyboard.press("Tab")
    expect(shown.get_by_role("alert")).to_contain_text('"lots" is no number')
    expect(shown.get_by_label("How many requests a second, at the peak?")).to_be_focused()

    shown.get_by_label("Which is its main part most like?").focus()
    page.keyboard.type("Shopping")
    expect(shown.get_by_role("heading", name="my system: hybrid")).to_be_visible()

    shown.get_by_role("button", name="connection: request → duplex_socket gives Connection gateway").focus()
    page.keyboard.press("Enter")
    expect(shown.get_by_role("heading", name="my system: stateful")).to_be_visible()
    expect(shown.get_by_role("status")).to_contain_text("Shared session store → Connection gateway")
    expect(shown.get_by_label("How do clients talk to it?")).to_have_value(
        "Two-way socket (WebSocket or a like, both sides speak any time)"
    )


def test_nothing_sticks_out_at_any_width(shown: Locator, page: Page) -> None:
    for width in (700, 1000, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("(width) => window.innerWidth === width", arg=width)
        assert shown.evaluate("(root) => root.scrollWidth <= root.clientWidth"), width
