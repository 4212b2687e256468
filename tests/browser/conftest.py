import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from minisvc.lab.server import Server
from tests.browser.lab import BROWSERS, SIZE, Book, browsing, chromium, served


# One for all tests here, for a second Playwright can't be opened beside it; and not for the session: while it is open,
# an event loop runs in this thread, which others must not meet.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip(f"no browser on PATH (looked for {', '.join(BROWSERS)}); Debian: apt install chromium")
    # Playwright looks for its own browsers' home even where none of them is used.
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")
    with browsing() as running:
        yield running


@pytest.fixture(scope="package")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    fresh = browser.new_page(viewport=SIZE)
    yield fresh
    fresh.close()


@pytest.fixture
def book(page: Page, server: Server) -> Iterator[Book]:
    opened = Book(page, server)
    yield opened
    opened.command("kernelmenu:shutdown")


@pytest.fixture
def lesson_file(server: Server) -> Path:
    return server.root / server.notebook
