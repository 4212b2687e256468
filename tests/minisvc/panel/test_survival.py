from minisvc import Cluster
from minisvc.layout import Layout
from minisvc.panel.choices import choices
from minisvc.panel.picture import picture
from minisvc.panel.survival import survival


def says(**fields: object) -> str:
    return survival(Layout.of("cart", **fields).services[0])


def test_what_was_measured_of_a_layout_is_said() -> None:
    assert says(affinity="cookie").startswith("instance crash: 1/n lost, two crashes: 2/n lost")
    assert "store crash: unavailable, store restart: lost" in says(state="redis")
    assert "store restart: kept" in says(state="redis", durable=True)


def test_where_the_state_is_outside_the_instances_affinity_changes_nothing() -> None:
    assert says(state="redis", affinity="cookie") == says(state="redis")


def test_of_a_layout_that_was_not_measured_nothing_is_said() -> None:
    assert says(state="memory") == ""


def test_the_picture_says_it(shop: Cluster) -> None:
    assert "1/n lost" in picture(shop).survives
    shop.set_sticky(False)
    assert picture(shop).survives == ""


def test_only_what_the_balancer_can_do_is_offered() -> None:
    assert "bounded_load" in choices(Layout.of("cart"))["policies"]
    assert "bounded_load" not in choices(Layout.of("cart", balancer="nginx"))["policies"]
    assert choices(Layout.of("cart"))["states"][0] == "memory"
