"""Everything that the panel can do to a cluster, in a real JupyterLab and a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from minisvc.lab.server import Server
from tests.browser.lab import KERNEL_IS_IDLE, OVERLAP, Book, opened

pytestmark = pytest.mark.browser

OPENED = """from minisvc import Cluster
from minisvc.panel import panel
shop = Cluster("cart", instances=3, state="memory", affinity="cookie", name="shop").start()
shop.add_users(4);"""


@pytest.fixture(scope="module")
def book(browser: Browser, server: Server) -> Iterator[Book]:
    with opened(browser, server, "panel.ipynb", OPENED, "view = panel(shop)\nview") as kept:
        yield kept


@pytest.fixture
def panel(book: Book) -> Locator:
    return book.panel()


@pytest.fixture
def page(book: Book) -> Page:
    return book.page


def instance(panel: Locator, name: str) -> Locator:
    return panel.locator(f'[data-instance="{name}"]')


def more(panel: Locator, name: str, action: str) -> None:
    """Open an instance's menu and press one of its buttons."""
    instance(panel, name).locator("summary").click()
    instance(panel, name).locator(".sw-menu").get_by_role("button", name=action).click()


def hops(panel: Locator) -> Locator:
    return panel.locator("[data-hop]")


def shaded(panel: Locator, target: str) -> Locator:
    return panel.locator(f'[data-fault="{target}"]')


def test_step_mode_explains_a_request_hop_by_hop(panel: Locator) -> None:
    panel.get_by_label("Who sends the request").select_option("c1")
    panel.get_by_label("What the customer does").select_option("add")
    panel.get_by_role("button", name="Step").click()
    expect(hops(panel).nth(1)).to_contain_text("It chose a (round robin picked a)")
    panel.get_by_label("What the customer does").select_option("look")
    panel.get_by_role("button", name="Step").click()
    expect(hops(panel).nth(1)).to_contain_text("its cookie names a")
    expect(hops(panel).nth(2)).to_have_text("a It finds the session in its own memory.")

    instance(panel, "a").locator(".sw-main").click()
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    panel.get_by_role("button", name="Step").click()
    expect(hops(panel).nth(2)).to_contain_text("It does not know that session. It is nowhere any more.")
    expect(hops(panel).last).to_contain_text("Lost:")
    expect(panel).to_have_attribute("data-lost", "1")


def test_step_mode_says_what_the_store_answered(panel: Locator) -> None:
    panel.get_by_label("Carts live in").select_option("redis")
    expect(panel).to_have_attribute("data-state", "redis")
    panel.get_by_label("What the customer does").select_option("add")
    panel.get_by_role("button", name="Step").click()
    expect(panel.locator('[data-hop="store"]')).to_contain_text(re.compile(r"round trip.* bytes up"))


def test_an_instance_hangs_and_goes_on_where_it_was(panel: Locator) -> None:
    more(panel, "b", "Hang")
    expect(instance(panel, "b")).to_have_attribute("data-status", "hung")
    expect(shaded(panel, "b")).to_have_count(1)
    more(panel, "b", "Go on")
    expect(instance(panel, "b")).to_have_attribute("data-status", "up")


def test_what_the_balancer_does_not_see_is_said_at_the_instance(panel: Locator) -> None:
    more(panel, "a", "Slow")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "slow")
    expect(instance(panel, "a")).to_have_attribute("data-status", "up")
    expect(shaded(panel, "a")).to_have_count(1)
    more(panel, "a", "Full speed")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "")


def test_a_drained_instance_says_so_and_gets_customers_again_without_a_restart(panel: Locator, book: Book) -> None:
    book.execute("for user in shop.users: user.add('apples')")
    expect(instance(panel, "c").locator("[data-owner]")).to_have_count(1)
    more(panel, "c", "Drain")
    expect(instance(panel, "c")).to_have_attribute("data-status", "draining")
    expect(shaded(panel, "c")).to_have_count(1)
    more(panel, "c", "New customers again")
    expect(instance(panel, "c")).to_have_attribute("data-status", "up")
    expect(instance(panel, "c").locator("[data-owner]")).to_have_count(1)
    expect(panel.get_by_role("status")).to_contain_text("c gets new clients again")


def test_both_kinds_of_crash_are_in_the_menu_and_the_log_tells_them_apart(panel: Locator) -> None:
    more(panel, "a", "Crash: killed")
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    more(panel, "b", "Crash: reset")
    expect(instance(panel, "b")).to_have_attribute("data-status", "down")
    told = panel.locator('[data-kind="crash"]')
    expect(told.nth(1)).to_contain_text("a crashed, killed: its connections ended (FIN)")
    expect(told.nth(0)).to_contain_text("b crashed, its connections reset (RST)")


def test_a_store_crashes_and_comes_back_and_the_failures_stay_apart_from_losses(panel: Locator, book: Book) -> None:
    panel.get_by_label("Carts live in").select_option("redis")
    store = panel.locator("[data-store]")
    expect(store).to_be_visible()
    expect(store).to_contain_text(re.compile("redis"))
    store.get_by_role("button", name="Crash store").click()
    expect(store).to_have_attribute("data-down", "true")
    expect(shaded(panel, "store")).to_have_count(1)
    book.execute("for user in shop.users: user.add('apples')")
    expect(panel).to_have_attribute("data-failed", "4")
    expect(panel).to_have_attribute("data-lost", "0")
    store.get_by_role("button", name="Restart store").click()
    expect(store).to_have_attribute("data-down", "false")


def test_an_instance_is_cut_off_from_the_store_and_reconnected(panel: Locator) -> None:
    panel.get_by_label("Carts live in").select_option("redis")
    expect(panel.locator("[data-store]")).to_be_visible()
    more(panel, "a", "Cut off from store")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "cut off")
    more(panel, "a", "Reconnect to store")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "")


def test_twelve_instances_and_two_hundred_customers_fit(panel: Locator, book: Book) -> None:
    panel.get_by_label("Instances").select_option("12")
    expect(panel.locator("[data-instance]")).to_have_count(12, timeout=20_000)
    book.execute("for user in shop.add_users(196): user.add('apples')")
    crowd = panel.locator(".sw-crowd")
    expect(crowd).to_have_attribute("data-count", "200")
    expect(crowd).to_contain_text("196 with a cart")
    expect(panel.locator(".sw-instances [data-pile]")).to_have_count(12)
    assert panel.locator(".sw-stage").bounding_box()["height"] < 800  # type: ignore[index]
    panel.get_by_role("button", name="Ten more customers").click()
    expect(panel.get_by_role("alert")).to_contain_text("takes how many more")


def test_keyboard_alone_opens_a_menu_hangs_and_closes_by_escape(panel: Locator, page: Page) -> None:
    summary = instance(panel, "a").locator("summary")
    instance(panel, "a").locator(".sw-main").focus()
    page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(instance(panel, "a").locator(".sw-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(instance(panel, "a").locator(".sw-menu")).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(4):  # two kinds of crash, restart, hang
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(instance(panel, "a")).to_have_attribute("data-status", "hung")
    expect(panel.get_by_role("status")).to_contain_text("a hangs")


def test_two_panels_of_one_cluster_mend_what_the_other_broke(panel: Locator, book: Book) -> None:
    book.execute("second = panel(shop)\nsecond._handle_custom_msg({'command': 'slow', 'value': 'a', 'number': 1}, [])")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "slow")
    more(panel, "a", "Full speed")
    expect(instance(panel, "a")).to_have_attribute("data-ails", "")


def test_running_the_cells_again_shows_the_new_cluster_in_a_new_panel(panel: Locator, book: Book) -> None:
    instance(panel, "a").locator(".sw-main").click()
    expect(instance(panel, "a")).to_have_attribute("data-status", "down")
    anew = book.panel()
    expect(anew).to_have_count(1)
    expect(instance(anew, "a")).to_have_attribute("data-status", "up")


def test_interrupting_the_kernel_leaves_the_panel_alive(panel: Locator, page: Page) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    page.wait_for_function(KERNEL_IS_IDLE)
    instance(panel, "b").locator(".sw-main").click()
    expect(instance(panel, "b")).to_have_attribute("data-status", "down")


def test_after_its_kernel_restarted_a_panel_says_that_it_is_stale(panel: Locator, page: Page) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_function(KERNEL_IS_IDLE)
    instance(panel, "a").locator(".sw-main").click()
    expect(panel.get_by_role("alert")).to_contain_text(re.compile("Run its cells again|Is the kernel running"))


@pytest.mark.parametrize("width", [700, 1600])
def test_twelve_instances_and_a_crowd_fit_the_width_with_a_store(panel: Locator, book: Book, width: int) -> None:
    book.page.set_viewport_size({"width": width, "height": 1000})
    panel.get_by_label("Carts live in").select_option("redis")
    panel.get_by_label("Instances").select_option("12")
    expect(panel.locator("[data-instance]")).to_have_count(12, timeout=20_000)
    book.execute("for user in shop.add_users(196): user.add('apples')")
    expect(panel.locator("[data-store] [data-pile]")).to_contain_text("196 carts")
    assert panel.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert not panel.locator(".sw-stage").evaluate(OVERLAP)
