"""Lessons as a new learner meets them: from the start page, cell by cell, with a guess, a crash and a change."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.course.lessons import LESSONS
from minisvc.lab.server import Server
from tests.browser.lab import KERNEL_IS_IDLE, Book

pytestmark = pytest.mark.browser
START, TWO_SERVICES = LESSONS[0], LESSONS[1]
IS_OPEN = """(name) => {
    const shown = window.jupyterapp?.shell.currentWidget;
    return shown?.context?.path === name && shown.context.isReady;
}"""
HAS_RUN = """(index) => {
    const shown = window.jupyterapp.shell.currentWidget, cell = shown.content.widgets[index];
    const isDone = shown.sessionContext.session.kernel.status === 'idle' && cell.model.executionCount > 0;
    return shown.content.activeCellIndex > index && (cell.model.type !== 'code' || isDone);
}"""
SOURCES = (
    "() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.sharedModel.getSource())"
)
SHUT_DOWN = "() => window.jupyterapp.serviceManager.sessions.shutdownAll()"
RIGHT = """def mine(instance):
    app = new_service(instance)
    app.get("/visit")(lambda: {"visits": int(request.args.get("visits", 0)) + 1, "by": instance})
    return app"""


class Learner:
    """Follows links, runs cells by Shift+Enter from the top, and types."""

    def __init__(self, page: Page) -> None:
        self.page, self.next = page, 0

    def follow(self, title: str, name: str) -> None:
        """Click the link on the map, and wait for the notebook behind it."""
        self.page.get_by_role("link", name=title).first.click()
        self.page.wait_for_function(IS_OPEN, arg=name)
        self.page.wait_for_function(KERNEL_IS_IDLE)
        self.next = 0

    def cell(self, index: int) -> Locator:
        return self.page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) [data-windowed-list-index="{index}"]')

    def run_to(self, start: str) -> Locator:
        """Run cell after cell to the one whose source begins so; returns that cell."""
        found = self._find(start)
        self._run_until(found + 1)
        return self.cell(found)

    def rewrite(self, start: str, source: str) -> None:
        """Run the cells before the one that begins so, and type another source into that."""
        found = self._find(start)
        self._run_until(found)
        self.cell(found).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)

    def _find(self, start: str) -> int:
        return next(at for at, source in enumerate(self.page.evaluate(SOURCES)) if source.startswith(start))

    def _run_until(self, index: int) -> None:
        # A click into a question or a panel has taken the keyboard there.
        self.cell(self.next).click(position={"x": 30, "y": 10})
        for each in range(self.next, index):
            self.page.keyboard.press("Shift+Enter")
            self.page.wait_for_function(HAS_RUN, arg=each)
        self.next = index


@pytest.fixture
def learner(page: Page, server: Server) -> Iterator[Learner]:
    page.set_viewport_size({"width": 1400, "height": 6000})  # so high that every cell is on the page at once
    Book(page, replace(server, notebook="index.ipynb"))
    yield Learner(page)
    page.evaluate(SHUT_DOWN)


def test_from_the_start_page_a_learner_guesses_crashes_and_reads_what_happened(learner: Learner) -> None:
    learner.follow(START.title, START.notebook)
    asked = learner.run_to("guess = predict").locator(".statewise-question")
    asked.get_by_label("Those whose cart was in a, and nobody else").check()
    asked.get_by_role("button").click()
    expect(asked.get_by_role("status")).to_contain_text("Locked in.")
    panel = learner.run_to("panel(shop)").locator("[data-panel]")
    panel.get_by_role("button", name="Start traffic").click()
    for customer in ("c1", "c2", "c3", "c4"):
        expect(panel.locator(f'.sw-instances [data-owner="{customer}"]')).to_have_count(1)
    panel.locator('[data-instance="a"]').get_by_role("button", name="Crash a").click()
    expect(panel).not_to_have_attribute("data-lost", "0")
    happened = learner.run_to("what_happened")
    expect(happened).to_contain_text("You guessed: Those whose cart was in a, and nobody else. That is what happened.")
    expect(happened.get_by_role("row", name="in the instance's own memory")).to_contain_text("c1")


def test_after_a_guess_by_keyboard_the_next_cell_runs_by_keyboard(learner: Learner) -> None:
    learner.follow(START.title, START.notebook)
    asked = learner.run_to("guess = predict").locator(".statewise-question")
    asked.get_by_label("Those whose cart was in a, and nobody else").focus()
    learner.page.keyboard.press("Space")
    learner.page.keyboard.press("Tab")
    learner.page.keyboard.press("Enter")
    expect(asked.get_by_role("status")).to_contain_text("Locked in.")
    learner.page.keyboard.press("Shift+Enter")
    learner.page.wait_for_function(HAS_RUN, arg=learner.next)


def test_a_change_that_was_typed_into_a_lesson_passes_its_check(learner: Learner) -> None:
    learner.follow(TWO_SERVICES.title, TWO_SERVICES.notebook)
    learner.rewrite("def mine(", RIGHT)
    checked = learner.run_to("check(")
    expect(checked).to_contain_text("All of it holds.")
    expect(checked.get_by_text("not yet")).to_have_count(0)
