"""The panel of a cluster whose instances are processes, in a real JupyterLab and a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from minisvc.lab.server import Server
from tests.browser.lab import Book, opened

pytestmark = pytest.mark.browser

OPENED = """from minisvc import Cluster
from minisvc.panel import panel
shop = Cluster("cart", instances=3, state="memory", affinity="cookie", host="process", name="shop").start()
for user in shop.add_users(3): user.add("apples")
panel(shop)"""


LOOK = "for user in shop.users: user.check()"


@pytest.fixture
def book(browser: Browser, server: Server) -> Iterator[Book]:
    with opened(browser, server, "processes.ipynb", OPENED, "shop.layout.host") as kept:
        yield kept


def test_processes_are_killed_reset_hung_and_started_again_from_the_panel(book: Book) -> None:
    panel = book.panel()
    a, b, c = (panel.locator(f'[data-instance="{name}"]') for name in "abc")
    expect(panel.locator(".sw-instances [data-owner]")).to_have_count(3)
    assert "killed" in (a.locator(".sw-main").get_attribute("title") or "")

    a.get_by_role("button", name="Crash a").click()
    expect(a).to_have_attribute("data-status", "down")
    book.execute(LOOK)
    expect(panel).to_have_attribute("data-lost", "1")
    expect(panel.locator('[data-kind="crash"]')).to_contain_text("c1's cart was in it")
    press(b, "More for b", "Crash: reset")
    expect(b).to_have_attribute("data-status", "down")
    book.execute(LOOK)
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


def press(instance: Locator, menu: str, action: str) -> None:
    instance.get_by_label(menu).first.click()
    instance.get_by_role("button", name=action).click()
