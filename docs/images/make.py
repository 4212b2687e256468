"""Take the pictures of the documentation anew: `python docs/images/make.py` (needs Chromium and the dev extra)."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from minisvc.lab.server import Server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.browser.lab import Book, browsing, served, written  # noqa: E402  # it lies beside the package, not in it

SIZE = {"width": 1240, "height": 960}
WIDE = {"width": 1500, "height": 1100}
LAYOUTS = """from minisvc import Cluster
from minisvc.panel import panel
def shop(name, **fields): return Cluster("cart", name=name, **fields).start()
layouts = [shop("stateful", state="memory", affinity="cookie"), shop("stateless", state="signed_cookie"),
           shop("hybrid", state="redis")]"""
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


def compare(page: Page, server: Server, name: str) -> None:
    """One picture of the same crash in three layouts."""
    written(server.root / "compare.ipynb", LAYOUTS, "panel.compare(*layouts)")
    book = Book(page, replace(server, notebook="compare.ipynb"))
    book.command("application:toggle-left-area")
    book.run_all()
    shown = page.locator(".sw-compare")
    shown.get_by_role("button", name="Run in all").click()
    expect(shown.locator("[data-verdict]").last).not_to_be_empty(timeout=30_000)
    shown.screenshot(path=HERE / name)
    book.command("kernelmenu:shutdown")


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as server, browsing() as browser:
        compare(browser.new_page(viewport=WIDE), server, "compare.png")
    for theme, name in [("JupyterLab Light", "lab.png"), ("JupyterLab Dark", "lab-dark.png")]:
        with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as server, browsing() as browser:
            page = browser.new_page(viewport=SIZE)
            take(page, Book(page, server), theme=theme, name=name)
        print(f"{HERE / name}: {(HERE / name).stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
