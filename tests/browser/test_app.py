"""The panel alone, as an app, in a real browser."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def address() -> Iterator[str]:
    pytest.importorskip("voila")
    command = [sys.executable, "-m", "minisvc", "lab", "--voila", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        app.stdout.readline()
        yield app.stdout.readline().strip()
        app.send_signal(signal.SIGINT)
        assert app.wait(30) == 0


def test_the_panel_alone_crashes_an_instance(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(address)
    panel = page.locator("[data-panel]")
    panel.locator('[data-instance="a"] .sw-main').click(timeout=30_000)
    expect(panel.locator('[data-instance="a"]')).to_have_attribute("data-status", "down")
    expect(page.locator("[data-statewise-still]")).to_be_hidden()
    page.close()
