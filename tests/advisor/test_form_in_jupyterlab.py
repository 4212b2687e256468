"""The form in a real JupyterLab and a real browser, by keys."""

import os
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import BROWSERS, Book, browsing, chromium, served

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if chromium() is None:
        pytest.skip(f"no browser on PATH (looked for {', '.join(BROWSERS)}); Debian: apt install chromium")
    with served(tmp_path_factory.mktemp("lab")) as running:
        cells = [nbformat.v4.new_code_cell(code) for code in ("from advisor.form import form\n\nform()", "1")]
        book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
        nbformat.write(book, running.root / running.notebook)
        yield running


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")
    with browsing() as browser:
        yield browser.new_page(viewport={"width": 1400, "height": 1000})


@pytest.fixture
def shown(page: Page, server: Server) -> Iterator[Locator]:
    book = Book(page, server)
    book.run_all()
    form = page.locator(".statewise-form")
    expect(form).to_be_visible()
    yield form
    book.command("kernelmenu:shutdown")


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
