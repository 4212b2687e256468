"""The first lesson in a real JupyterLab and a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import OVERLAP, Book, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def book(browser: Browser, server: Server) -> Iterator[Book]:
    with opened(browser, server, server.notebook) as kept:
        yield kept


@pytest.fixture
def panel(book: Book) -> Locator:
    return book.panel()


@pytest.fixture
def page(book: Book) -> Page:
    return book.page


def figure(panel: Locator, name: str) -> int:
    return int(panel.get_attribute(f"data-{name}") or -1)


def instance(panel: Locator, name: str) -> Locator:
    return panel.locator(f'[data-instance="{name}"]')


def main_button(panel: Locator, name: str) -> Locator:
    """Crash or Restart, whichever makes sense."""
    return instance(panel, name).locator(".sw-main")


def owners(panel: Locator, place: str) -> list[str]:
    chips = instance(panel, place).locator("[data-owner]")
    return sorted(chips.evaluate_all("(chips) => chips.map((chip) => chip.dataset.owner)"))


def at_least(panel: Locator, name: str, least: int) -> None:
    panel.page.wait_for_function(
        "([name, least]) => +document.querySelector('[data-panel]').dataset[name] >= least", arg=[name, least]
    )


def start_traffic(panel: Locator) -> None:
    panel.locator("[data-control=rate]").select_option("30")
    panel.get_by_role("button", name="Start traffic").click()


def fill_carts(panel: Locator) -> None:
    """Let traffic run until every customer has a cart, somewhere."""
    start_traffic(panel)
    for customer in ("c1", "c2", "c3", "c4"):
        expect(panel.locator(f'.sw-instances [data-owner="{customer}"]')).to_have_count(1)


def test_crash_loses_exactly_the_carts_that_were_held_there(panel: Locator) -> None:
    fill_carts(panel)
    held = owners(panel, "a")
    assert held
    assert figure(panel, "lost") == 0
    expect(panel.locator("[data-dot]").first).to_be_attached()

    instance(panel, "a").get_by_role("button", name="Crash a").click()

    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    expect(instance(panel, "a").locator("[data-owner]")).to_have_count(0)
    expect(panel.locator('[data-dot][data-to="a"]')).to_have_count(0)
    at_least(panel, "lost", len(held))
    at_least(panel, "served", figure(panel, "served") + 12)  # everybody has looked again since
    assert figure(panel, "lost") == len(held)
    crashed = panel.locator('[data-kind="crash"]')
    expect(crashed).to_contain_text(re.compile(".*".join(held)))


def test_crash_of_one_of_many_carts_in_cookies_loses_none(panel: Locator) -> None:
    panel.get_by_label("Carts live in").select_option("signed_cookie")
    expect(panel).to_have_attribute("data-state", "signed_cookie")
    start_traffic(panel)
    expect(panel.locator(".sw-customers [data-owner]")).to_have_count(4)
    main_button(panel, "a").click()
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    at_least(panel, "served", figure(panel, "served") + 12)
    assert figure(panel, "lost") == 0


def test_restart_brings_the_instance_back_empty(panel: Locator) -> None:
    fill_carts(panel)
    panel.get_by_role("button", name="Pause traffic").click()
    button = main_button(panel, "b")
    button.click()
    expect(button).to_have_text(re.compile("Restart b"))
    button.click()
    expect(instance(panel, "b")).to_have_attribute("data-status", "up")
    assert owners(panel, "b") == []


def test_without_sticky_routing_carts_are_lost_though_nothing_crashed(panel: Locator) -> None:
    fill_carts(panel)
    panel.get_by_role("switch", name="Sticky").click()
    expect(panel).to_have_attribute("data-sticky", "false")
    at_least(panel, "lost", 1)
    expect(panel.locator('[data-status="down"]')).to_have_count(0)


def test_a_store_appears_with_the_carts_in_it(panel: Locator) -> None:
    store = panel.locator("[data-store]")
    expect(store).to_be_hidden()
    panel.get_by_label("Carts live in").select_option("redis")
    expect(store).to_be_visible()
    start_traffic(panel)
    expect(store.locator("[data-owner]")).to_have_count(4)


def test_keyboard_alone_crashes_and_leaves_the_notebook_alone(panel: Locator, page: Page) -> None:
    cells = page.locator(".jp-Notebook > .jp-WindowedPanel-outer .jp-Cell").count()
    panel.get_by_role("button", name="Start traffic").focus()
    for _ in range(10):  # two switches, five choices, two for customers, and then the first instance
        page.keyboard.press("Tab")
    expect(main_button(panel, "a")).to_be_focused()
    page.keyboard.press("b")  # a key that adds a cell, if JupyterLab hears it
    page.keyboard.press("Enter")
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    expect(main_button(panel, "a")).to_be_focused()
    assert page.locator(".jp-Notebook > .jp-WindowedPanel-outer .jp-Cell").count() == cells


def test_a_click_is_answered_while_a_cell_runs(panel: Locator, page: Page, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    at_least(panel, "served", 0)
    start_traffic(panel)
    at_least(panel, "served", 8)  # by then the view has told the kernel its channel
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)"
    page.evaluate(
        """(code) => { window.waiting = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
               .requestExecute({ code }).done; }""",
        wait,
    )
    main_button(panel, "c").click()
    expect(instance(panel, "c")).to_have_attribute("data-status", "down")
    gate.touch()
    page.evaluate("() => window.waiting")


def test_an_error_is_shown_in_the_panel(panel: Locator, book: Book) -> None:
    second = "shop.move_state = lambda state: 1 / 0"
    book.page.evaluate(
        """(code) => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
               .requestExecute({ code }).done.then(() => null)""",
        second,
    )
    panel.get_by_label("Carts live in").select_option("redis")
    expect(panel.get_by_role("alert")).to_contain_text("ZeroDivisionError")
    expect(panel.get_by_label("Carts live in")).to_have_value("memory")


def test_a_prediction_is_locked_in(panel: Locator, book: Book) -> None:
    question = book.page.locator(".statewise-question").first
    question.scroll_into_view_if_needed()
    question.get_by_label("Those whose cart was in a").check()
    question.get_by_role("button").click()
    expect(question).to_have_attribute("data-locked", "its-own")
    expect(question.get_by_role("radio").first).to_be_disabled()


def test_nothing_sticks_out_or_overlaps_at_any_width(panel: Locator, page: Page) -> None:
    panel.get_by_label("Carts live in").select_option("redis")
    expect(panel.locator("[data-store]")).to_be_visible()
    for width in (700, 1000, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("(width) => window.innerWidth === width", arg=width)
        assert panel.evaluate("(root) => root.scrollWidth <= root.clientWidth"), width
        assert not panel.locator(".sw-stage").evaluate(OVERLAP), width


def test_with_reduced_motion_nothing_travels_and_carts_vanish_at_once(panel: Locator, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    fill_carts(panel)
    main_button(panel, "a").click()
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    assert panel.locator("[data-dot], .sw-gone").count() == 0
    expect(instance(panel, "a").locator(".sw-chip")).to_have_count(0)
