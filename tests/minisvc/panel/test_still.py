from xml.etree import ElementTree

import pytest

from minisvc import Cluster
from minisvc.panel.picture import Customer, Picture, picture
from minisvc.panel.still import svg, text


def words_in(document: str) -> list[str]:
    root = ElementTree.fromstring(document)
    return [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_still_picture_names_owners_figures_and_what_is_down(shop: Cluster) -> None:
    for user in shop.add_users(3):
        user.add("apples")
    shop.crash("a")
    shop.users[0].check()
    words = words_in(svg(picture(shop, {"c1"})))
    assert "a ✕ down" in words
    assert "c1: EMPTY" in words
    assert "c2·1" in words
    assert "◆ lost 1" in words


@pytest.mark.parametrize("state", ["memory", "signed_cookie", "redis"])
def test_still_picture_is_well_formed_wherever_carts_live(state: str) -> None:
    with Cluster("cart", instances=4, state=state, affinity=None) as shop:
        for user in shop.add_users(9):
            user.add("apples")
        seen = picture(shop)
    assert words_in(svg(seen))
    assert "served 9, lost 0, failed 0" in text(seen)


def test_a_name_cannot_break_out_of_the_picture() -> None:
    evil = Customer("<script>", "#000000", "M0,0Z", 0, False)
    seen = Picture("cart", "", "memory", "random", True, False, False, 0, 0, 0, None, "", (evil,), (), ())
    assert "<script>: no items yet" in words_in(svg(seen))


def test_still_picture_of_a_busy_cluster_stays_small(shop: Cluster) -> None:
    for user in shop.add_users(12):
        user.add("apples")
    assert len(svg(picture(shop))) < 12_000
