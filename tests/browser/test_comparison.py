"""Small multiples in a real JupyterLab: the same users and the same fault, layouts side by side."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from minisvc.lab.server import Server
from tests.browser.lab import opened

pytestmark = pytest.mark.browser

OPENED = """from minisvc import Cluster
from minisvc.panel import panel
def shop(name, **fields): return Cluster("cart", instances=3, name=name, **fields).start()
layouts = [shop("a", state="memory", affinity="cookie"), shop("b", state="signed_cookie"), shop("c", state="redis")]"""


@pytest.fixture
def comparison(browser: Browser, server: Server) -> Iterator[Locator]:
    with opened(browser, server, "comparison.ipynb", OPENED, "view = panel.compare(*layouts)\nview") as book:
        yield book.panel()


def test_one_crash_costs_memory_a_third_and_the_others_nothing(comparison: Locator) -> None:
    expect(comparison.locator(".sw-multiple h4")).to_have_text(["memory, sticky", "signed cookie", "redis"])
    comparison.get_by_label("users").select_option("3")
    comparison.get_by_role("button", name="Run in all").click()
    verdicts = comparison.locator("[data-verdict]")
    expect(verdicts.nth(0)).to_have_text("1 of 3 lost a cart (c1), 0 requests failed", timeout=20_000)
    expect(verdicts.nth(1)).to_have_text("0 of 3 lost a cart, 0 requests failed")
    expect(verdicts.nth(2)).to_have_text("0 of 3 lost a cart, 0 requests failed")
    expect(comparison.locator('[data-instance="a"][data-status="down"]')).to_have_count(3)
    comparison.get_by_role("button", name="Restart a in all").click()
    expect(comparison.locator('[data-status="up"]')).to_have_count(9)
