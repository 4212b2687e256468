"""The claim `cookie-limit` rests on a jar of ours: a real browser keeps as much, and as silently drops the rest."""

import random

import pytest
from playwright.sync_api import Browser

from minisvc.claims.what_the_client_carries.cookies import GOODS, LENGTH, LETTERS, fitting
from minisvc.cluster import Cluster

pytestmark = pytest.mark.browser
CART = "minisvc.claims.what_the_client_carries.cookies:unlimited_cart"
FILL = """async (goods) => {
    const said = [];
    for (const item of goods) {
        const body = JSON.stringify({item}), headers = {"Content-Type": "application/json"};
        said.push((await fetch("/cart/items", {method: "POST", headers, body})).status);
    }
    return [said, (await (await fetch("/cart")).json()).items];
}"""


def test_a_browser_keeps_what_fits_into_4096_bytes_and_drops_the_rest_without_a_word(browser: Browser) -> None:
    chance = random.Random(1)
    goods = ["".join(chance.choices(LETTERS, k=LENGTH)) for _ in range(GOODS)]
    with Cluster(CART, instances=2) as shop:
        page = browser.new_context().new_page()
        page.goto(shop.url)
        statuses, items = page.evaluate(FILL, goods)
        page.context.close()
    assert set(statuses) == {201}
    assert items == fitting(goods)
    assert len(items) < GOODS
