"""Take the pictures of the documentation anew: `python docs/images/make.py [NAME ...]` (Chromium and the dev extra)."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Locator, ViewportSize, expect

from minisvc.lab.server import Server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.browser.lab import RUN_ALL, Book, browsing, served, written  # noqa: E402  # beside the package, not in it

LAB, TALL = ViewportSize(width=1240, height=960), ViewportSize(width=1500, height=1100)
OPENED = """from minisvc import Cluster
from minisvc.panel import panel
def shop(name, **fields): return Cluster("cart", name=name, **fields).start()"""
THREE = """layouts = [shop("stateful", state="memory", affinity="cookie"), shop("stateless", state="signed_cookie"),
           shop("hybrid", state="redis")]"""
ONE = """one = shop("one", instances={count}, state="{state}", affinity="cookie")
for user in one.add_users({users}): user.add("apples")"""
# Carts that fall are held in the air, for however long the rest takes.
HOLD = """() => {
    const real = window.setTimeout;
    window.setTimeout = (call, wait, ...rest) => (wait === 1400 ? 0 : real(call, wait, ...rest));
    document.head.insertAdjacentHTML('beforeend', '<style>.sw-gone { animation: none !important }</style>');
}"""
FULL = "() => +document.querySelector('[data-panel]').dataset.served >= 26"
HARMED = "(held) => +document.querySelector('[data-panel]').dataset.lost >= held"


@contextmanager
def notebook(browser: Browser, server: Server, size: ViewportSize, theme: str = "Light") -> Iterator[Book]:
    """A notebook that has run, without JupyterLab's side panel; its kernel ends afterwards."""
    page = browser.new_page(viewport=size)
    book = Book(page, server)
    book.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=str(theme == "Light").lower())
    book.command("application:toggle-left-area")
    page.evaluate(RUN_ALL)
    page.locator("[data-panel]").scroll_into_view_if_needed()
    yield book
    book.command("kernelmenu:shutdown")
    page.close()


def own(server: Server, *cells: str) -> Server:
    """The same server, at a notebook of these cells."""
    name = "picture.ipynb"
    written(server.root / name, OPENED, *cells)
    return replace(server, notebook=name)


def crash(panel: Locator) -> None:
    """Fill the carts, crash the first instance, and wait until its customers have noticed."""
    panel.page.evaluate(HOLD)
    panel.get_by_role("button", name="Start traffic").click()
    panel.page.wait_for_function(FULL)
    held = panel.locator('[data-instance="a"] [data-owner]').count()
    panel.get_by_role("button", name="Crash a").click()
    panel.page.wait_for_function(HARMED, arg=held)


def lesson(browser: Browser, server: Server, name: Path, theme: str = "Light") -> None:
    """The first lesson just after a crash."""
    with notebook(browser, server, LAB, theme) as book:
        panel = book.page.locator("[data-panel]")
        book.page.locator(".jp-Cell", has=panel).evaluate("(cell) => cell.scrollIntoView({ block: 'end' })")
        crash(panel)
        book.page.screenshot(path=name)


def lesson_dark(browser: Browser, server: Server, name: Path) -> None:
    """The same in the dark theme."""
    lesson(browser, server, name, "Dark")


def compare(browser: Browser, server: Server, name: Path) -> None:
    """The same crash in three layouts."""
    with notebook(browser, own(server, THREE, "panel.compare(*layouts)"), TALL) as book:
        shown = book.page.locator(".sw-compare")
        shown.get_by_role("button", name="Run in all").click()
        expect(shown.locator("[data-verdict]").last).not_to_be_empty(timeout=60_000)
        shown.screenshot(path=name)


def narrow(browser: Browser, server: Server, name: Path) -> None:
    """A window of 700 pixels, with a store and an open menu."""
    cells = (ONE.format(count=3, state="redis", users=4), "panel(one)")
    with notebook(browser, own(server, *cells), ViewportSize(width=700, height=1100)) as book:
        panel = book.page.locator("[data-panel]")
        panel.locator('[data-instance="b"] summary').click()
        panel.screenshot(path=name)


def wide(browser: Browser, server: Server, name: Path) -> None:
    """A window of 1600 pixels, with twelve instances and two hundred customers, after both kinds of crash."""
    cells = (ONE.format(count=12, state="memory", users=200), "panel(one)")
    with notebook(browser, own(server, *cells), ViewportSize(width=1600, height=1300)) as book:
        panel = book.page.locator("[data-panel]")
        expect(panel.locator(".sw-crowd")).to_contain_text("200 with a cart")
        for instance, kind in (("c", "killed"), ("h", "reset")):
            panel.locator(f'[data-instance="{instance}"] summary').click()
            panel.locator(f'[data-instance="{instance}"]').get_by_role("button", name=f"Crash: {kind}").click()
            expect(panel.locator(f'[data-instance="{instance}"]')).to_have_attribute("data-status", "down")
        book.execute("for user in one.users: user.check()")
        expect(panel.locator(".sw-crowd")).to_contain_text("contradicted")
        panel.screenshot(path=name)


def reopened(browser: Browser, server: Server, name: Path) -> None:
    """A saved notebook, opened again without its kernel: the last still picture."""
    at = own(server, ONE.format(count=3, state="memory", users=4), "panel(one)")
    with notebook(browser, at, LAB) as book:
        book.execute("one.crash('a')\nfor user in one.users: user.check()")
        expect(book.page.locator('[data-instance="a"]')).to_have_attribute("data-status", "down")
        book.execute("one.close()")
        book.page.wait_for_function(KEPT)
        book.command("docmanager:save")
    page = browser.new_page(viewport=LAB)
    page.goto(at.url.replace("/lab/", "/lab/workspaces/again/", 1) + "&reset")
    still = page.locator("[data-statewise-still] img")
    expect(still).to_be_visible(timeout=60_000)
    # By then JupyterLab has given up looking for the live view, and the still picture has hidden its complaint.
    expect(page.get_by_text("Error displaying widget").first).to_be_attached(timeout=60_000)
    still.scroll_into_view_if_needed()
    page.screenshot(path=name)
    page.close()


# The still in the file says what happened last.
KEPT = (
    """() => [...document.querySelectorAll('[data-statewise-still] img')].some((img) => img.alt.includes('a: down'))"""
)
PICTURES: dict[str, Callable[[Browser, Server, Path], None]] = {
    "lab": lesson,
    "lab-dark": lesson_dark,
    "compare": compare,
    "narrow": narrow,
    "wide": wide,
    "reopened": reopened,
}


def main(names: list[str]) -> None:
    """Take the named pictures, or every one."""
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as server, browsing() as browser:
        for name in names or PICTURES:
            path = HERE / f"{name}.png"
            PICTURES[name](browser, server, path)
            print(f"{path.relative_to(HERE.parents[1])}: {path.stat().st_size // 1024} kB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
