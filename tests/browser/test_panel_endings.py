"""How a panel ends and what is left of it: each test here takes a page or a kernel away, and has its own."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import Book

pytestmark = pytest.mark.browser


@pytest.fixture
def panel(book: Book) -> Locator:
    return book.panel()


def instance(panel: Locator, name: str) -> Locator:
    return panel.locator(f'[data-instance="{name}"]')


def main_button(panel: Locator, name: str) -> Locator:
    """Crash or Restart, whichever makes sense."""
    return instance(panel, name).locator(".sw-main")


def test_reloading_the_page_finds_the_panel_as_it_is(panel: Locator, page: Page, book: Book) -> None:
    main_button(panel, "a").click()
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    book.command("docmanager:save")
    page.reload()
    expect(instance(page.locator("[data-panel]"), "a")).to_have_attribute("data-status", "down", timeout=60_000)
    button = main_button(page.locator("[data-panel]"), "a")
    button.click()
    expect(instance(page.locator("[data-panel]"), "a")).to_have_attribute("data-status", "up")


def test_reopened_without_its_kernel_a_saved_notebook_shows_the_last_picture(
    panel: Locator, page: Page, book: Book, server: Server, lesson_file: Path
) -> None:
    original = lesson_file.read_bytes()
    try:
        book.command("docmanager:save")
        assert "widgets" not in nbformat.read(lesson_file, as_version=4).metadata
        book.command("kernelmenu:shutdown")
        page.goto(server.url.replace("/lab/", "/lab/workspaces/again/", 1) + "&reset")
        expect(page.locator("[data-statewise-still] img")).to_be_visible(timeout=60_000)
        message = page.get_by_text("Error displaying widget")
        expect(message.first).to_be_attached()
        expect(page.get_by_text("Error displaying widget").locator("visible=true")).to_have_count(0)
    finally:
        lesson_file.write_bytes(original)


def test_a_kernel_that_died_is_said_in_the_panel(panel: Locator, page: Page) -> None:
    page.evaluate(
        """() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
               .requestExecute({ code: 'import os; os._exit(1)' }); }"""
    )
    expect(page.get_by_role("dialog").or_(page.locator(".jp-Dialog")).first).to_be_visible(timeout=20_000)
    page.keyboard.press("Escape")
    instance(panel, "b").locator(".sw-main").click()
    expect(panel.get_by_role("alert")).to_contain_text(
        re.compile("Run its cells again|Is the kernel running"), timeout=15_000
    )
