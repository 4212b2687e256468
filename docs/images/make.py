"""Take the pictures of the documentation anew: `python docs/images/make.py` (needs Chromium and the dev extra)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.browser.lab import Book, browsing, served  # noqa: E402  # it lies beside the package, not in it

SIZE = {"width": 1240, "height": 800}
FULL = "() => +document.querySelector('[data-panel]').dataset.served >= 26"
HARMED = """(held) => document.querySelectorAll('.sw-gone').length === held
    && +document.querySelector('[data-panel]').dataset.lost >= held"""


def crash(panel: Locator) -> None:
    """Fill the carts, crash the first instance, and wait until its customers have noticed."""
    panel.get_by_role("button", name="Start traffic").click()
    panel.page.wait_for_function(FULL)
    held = panel.locator('[data-instance="a"] [data-owner]').count()
    panel.get_by_role("button", name="Crash a").click()
    panel.page.wait_for_function(HARMED, arg=held)


def take(page: Page, book: Book, *, theme: str, name: str) -> None:
    """One picture of the first lesson just after a crash."""
    book.command("apputils:change-theme", theme=theme)
    book.command("application:toggle-left-area")
    book.run_all()
    panel = page.locator("[data-panel]")
    page.locator(".jp-Cell", has=panel).evaluate("(cell) => cell.scrollIntoView({ block: 'end' })")
    crash(panel)
    page.screenshot(path=HERE / name)
    book.command("kernelmenu:shutdown")


def main() -> None:
    """Take every picture."""
    for theme, name in [("JupyterLab Light", "lab.png"), ("JupyterLab Dark", "lab-dark.png")]:
        with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as server, browsing() as browser:
            page = browser.new_page(viewport=SIZE)
            take(page, Book(page, server), theme=theme, name=name)
        print(f"{HERE / name}: {(HERE / name).stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
