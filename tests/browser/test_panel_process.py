"""The panel of a cluster whose instances are processes, in a real JupyterLab and a real browser."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import Book, written

pytestmark = pytest.mark.browser

OPENED = """from minisvc import Cluster
from minisvc.panel import panel
shop = Cluster("cart", instances=3, state="memory", affinity="cookie", host="process", name="shop").start()
for user in shop.add_users(3): user.add("apples")
panel(shop)"""


@pytest.fixture
def panel(page: Page, server: Server) -> Iterator[Locator]:
    name = "processes.ipynb"
    written(server.root / name, OPENED, "shop.layout.host")
    book = Book(page, replace(server, notebook=name))
    book.run_all()
    yield page.locator("[data-panel]")
    book.command("kernelmenu:shutdown")
    (server.root / name).unlink()


def test_processes_are_killed_reset_hung_and_started_again_from_the_panel(panel: Locator) -> None:
    a, b, c = (panel.locator(f'[data-instance="{name}"]') for name in "abc")
    expect(panel.locator(".sw-instances [data-owner]")).to_have_count(3)
    assert "killed" in (a.locator(".sw-main").get_attribute("title") or "")
    panel.locator("[data-control=rate]").select_option("30")
    panel.get_by_role("button", name="Start traffic").click()

    a.get_by_role("button", name="Crash a").click()
    expect(a).to_have_attribute("data-status", "down")
    expect(panel).to_have_attribute("data-lost", "1")
    expect(panel.locator('[data-kind="crash"]')).to_contain_text("c1's cart was in it")
    press(b, "More for b", "Crash: reset")
    expect(b).to_have_attribute("data-status", "down")
    expect(panel).to_have_attribute("data-lost", "2")

    press(c, "More for c", "Hang")
    expect(c).to_have_attribute("data-status", "hung")
    c.get_by_label("More for c").first.click()
    expect(c.get_by_role("button", name="Crash: killed")).to_be_visible()
    expect(c.get_by_role("button", name="Crash: reset")).to_be_hidden()  # a stopped process can reset nothing
    c.get_by_role("button", name="Go on").click()
    expect(c).to_have_attribute("data-status", "up")

    a.get_by_role("button", name="Restart a").click()
    expect(a).to_have_attribute("data-status", "up")
    panel.get_by_role("button", name="Pause traffic").click()
    expect(panel).to_have_attribute("data-traffic", "false")


def press(instance: Locator, menu: str, action: str) -> None:
    instance.get_by_label(menu).first.click()
    instance.get_by_role("button", name=action).click()
