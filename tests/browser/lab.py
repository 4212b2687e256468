"""JupyterLab in a temporary home, and one page of a real browser on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

from minisvc.lab.server import LOG, SETTINGS, Running, Server, any_port

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Nothing of the browser's own may reach for the network while tests run.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
KERNEL_IS_IDLE = """() => {
    const shown = window.jupyterapp?.shell.currentWidget;
    return shown?.sessionContext?.session?.kernel?.status === 'idle' && shown.content.widgets.length > 1;
}"""
EXECUTE = """(code) => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
    .requestExecute({ code }).done.then((reply) => {
        if (reply.content.status !== 'ok') throw new Error(reply.content.evalue);
    })"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
ANOTHER_PANEL = """(former) => {
    const panels = [...document.querySelectorAll('[data-panel]')];
    return panels.length === 1 && panels[0].dataset.panel !== former;
}"""
# Whether some box of the stage lies over the one to its left.
OVERLAP = """(stage) => [...stage.children].slice(1).some((box, place, all) => {
    const [mine, other] = [box, all[place - 1] ?? stage].map((each) => each.getBoundingClientRect());
    return place && mine.left < other.right && mine.top < other.bottom;
})"""
SIZE: ViewportSize = {"width": 1400, "height": 1000}
EVERY_CELL_RAN = """() => window.jupyterapp.shell.currentWidget.content.widgets.every(
    (cell) => cell.model.type !== 'code' || cell.model.executionCount > 0)"""


def written(path: Path, *cells: str) -> None:
    """A notebook of these code cells, for this Python's kernel."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(book, path)


def chromium() -> str | None:
    """The path of a browser on PATH, None if there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def served(scratch: Path) -> Iterator[Server]:
    """Serve a copy of the notebooks; everything that JupyterLab keeps is below `scratch`."""
    books, settings = scratch / "notebooks", scratch / "config" / "labconfig"
    settings.mkdir(parents=True)
    # Tools for teachers may be installed beside the lab; a learner's page is without them.
    (settings / "page_config.json").write_text('{"disabledExtensions": {"@jupyter/nbgrader": true}}')
    shutil.copytree(ROOT / "notebooks", books, ignore=shutil.ignore_patterns(".*"))
    server = Server(books, "00-start-here.ipynb", any_port())
    keeps = {f"JUPYTER_{name}_DIR": str(scratch / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own = {"IPYTHONDIR": str(scratch / "ipython"), "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces")}
    own["XDG_STATE_HOME"] = str(scratch / "state")  # a learner's progress, and never that of whoever runs the tests
    log = (scratch / LOG).open("wb")
    process = subprocess.Popen(
        [*server.command(open_browser=False), "--LabApp.expose_app_in_browser=True"],
        env={
            **os.environ,
            **keeps,
            **own,
            "JUPYTER_CONFIG_PATH": str(SETTINGS),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_TOKEN": server.token,
        },
        stdout=log,
        stderr=log,
    )
    try:
        Running(server, process, scratch / LOG).wait_until_ready()
        yield server
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


class Book:
    """One notebook on one fresh page."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        page.goto(server.url.replace("/lab/", "/lab/workspaces/fresh/", 1) + "&reset")
        page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)

    def command(self, name: str, **options: object) -> None:
        """Run a command of JupyterLab by its id, and wait for it."""
        self.page.evaluate("([name, options]) => window.jupyterapp.commands.execute(name, options)", [name, options])

    def execute(self, code: str) -> None:
        """Let the kernel run `code`, and wait until it has."""
        self.page.evaluate(EXECUTE, code)

    def run_all(self) -> None:
        """Run every cell, and wait until the kernel is idle again."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.page.wait_for_function(EVERY_CELL_RAN, timeout=60_000)
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)

    def panel(self) -> Locator:
        """Run every cell, also of a notebook that has run before, and return the panel or comparison that came of it.

        The page is as at the beginning. Running anew takes a tenth of the time that another page and kernel take.
        """
        self.page.set_viewport_size(SIZE)
        self.page.emulate_media(reduced_motion="no-preference")
        shown = self.page.locator("[data-panel]")
        former = shown.get_attribute("data-panel") if shown.count() else None
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(ANOTHER_PANEL, arg=former)
        shown.scroll_into_view_if_needed()
        return shown


@contextmanager
def opened(browser: Browser, server: Server, name: str, *cells: str) -> Iterator[Book]:
    """A notebook on a page of its own; with `cells` it is a new one, which is gone afterwards."""
    path = server.root / name
    if cells:
        written(path, *cells)
    page = browser.new_page(viewport=SIZE)
    book = Book(page, replace(server, notebook=name))
    try:
        yield book
        book.command("kernelmenu:shutdown")
    finally:
        page.close()
        if cells:
            path.unlink()
