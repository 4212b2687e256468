from collections.abc import Callable

import pytest

from minisvc import Cluster
from minisvc.panel.picture import Customer, picture


def test_each_chip_names_its_owner_and_lies_in_the_instance_that_holds_it(shop: Cluster) -> None:
    for user in shop.add_users(3):
        user.add("apples")
    seen = picture(shop)
    assert [(chip.place, chip.owner, chip.items) for chip in seen.chips] == [
        ("a", "c1", 1),
        ("b", "c2", 1),
        ("c", "c3", 1),
    ]
    assert seen.owners_at("b") == ("c2",)


def test_crash_takes_the_chips_of_that_instance_and_no_others(shop: Cluster) -> None:
    for user in shop.add_users(4):
        user.add("apples")
    shop.crash("a")
    seen = picture(shop)
    assert [chip.owner for chip in seen.chips] == ["c2", "c3"]
    assert seen.instances[0].status == "down"


@pytest.mark.parametrize(("state", "place"), [("signed_cookie", "client"), ("redis", "store")])
def test_carts_outside_the_instances_are_drawn_where_they_are(state: str, place: str) -> None:
    with Cluster("cart", instances=2, state=state, affinity="cookie") as shop:
        shop.add_users(1)[0].add("apples")
        seen = picture(shop)
    assert [(chip.place, chip.owner) for chip in seen.chips] == [(place, "c1")]
    assert (seen.store is not None) == (place == "store")


def test_a_cart_that_no_cookie_leads_to_is_no_present_cart(shop: Cluster) -> None:
    user = shop.add_users(1)[0]
    user.add("apples")
    shop.set_sticky(False)
    user.add("bread")
    seen = picture(shop)
    assert [(chip.place, chip.current) for chip in seen.chips if chip.owner == "c1"] == [("a", False), ("b", True)]
    assert seen.owners_at("a") == ()


def test_figures_are_those_of_the_ledger(shop: Cluster) -> None:
    user = shop.add_users(1)[0]
    user.add("apples")
    shop.crash("a")
    user.check()
    seen = picture(shop)
    assert (seen.served, seen.lost, seen.failed) == (2, 1, 0)
    assert [each.served for each in seen.instances] == [1, 1, 0]


@pytest.fixture
def customer() -> Callable[[int, bool], Customer]:
    return lambda items, contradicted: Customer("c1", "#000000", "M0,0Z", items, contradicted)


@pytest.mark.parametrize(
    ("items", "contradicted", "says"),
    [
        (0, False, "no items yet"),
        (1, False, "1 item"),
        (3, False, "3 items"),
        (0, True, "EMPTY"),
        (1, True, "1 item, rest LOST"),
    ],
)
def test_customer_says_what_it_has(
    customer: Callable[[int, bool], Customer], items: int, contradicted: bool, says: str
) -> None:
    assert customer(items, contradicted).says == says
