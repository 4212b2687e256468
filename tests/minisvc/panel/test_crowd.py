from minisvc import Cluster
from minisvc.panel.crowd import MOST_SINGLE
from minisvc.panel.picture import picture
from minisvc.panel.still import svg, text


def test_a_dozen_customers_are_shown_one_by_one_and_one_more_makes_a_crowd(shop: Cluster) -> None:
    shop.add_users(MOST_SINGLE)
    assert picture(shop).crowd is None
    shop.add_users(1)
    seen = picture(shop)
    assert seen.crowd is not None
    assert (seen.crowd.count, seen.customers, seen.chips) == (13, (), ())


def test_piles_count_what_single_chips_would_show(shop: Cluster) -> None:
    for user in shop.add_users(15):
        user.add("apples")
    seen = picture(shop, {"c2", "c9"})
    assert [(pile.place, pile.carts, pile.items) for pile in seen.piles] == [("a", 5, 5), ("b", 5, 5), ("c", 5, 5)]
    assert seen.crowd is not None
    assert seen.crowd.says == "15 customers, 15 with a cart, 2 contradicted: c2, c9"


def test_a_cart_that_nobody_reaches_is_counted_apart(shop: Cluster) -> None:
    users = shop.add_users(13)
    users[0].add("apples")
    shop.set_sticky(False)
    users[0].add("bread")
    assert [pile.says for pile in picture(shop).piles] == [
        "0 carts, 0 items, 1 that nobody reaches",
        "1 cart, 1 item",
    ]


def test_the_still_picture_of_two_hundred_is_no_longer_than_that_of_a_dozen(shop: Cluster) -> None:
    for user in shop.add_users(200):
        user.add("apples")
    seen = picture(shop)
    assert len(svg(seen)) < 12_000
    assert "200 customers, 200 with a cart, 0 contradicted" in svg(seen)
    assert "instance a: up, holds 67 carts, 67 items" in text(seen)
