import pytest

from minisvc import Cluster
from minisvc.panel.stepping import NoSuchCustomer, step


def places(taken: object) -> list[str]:
    return [hop.place for hop in taken.hops]  # type: ignore[attr-defined]


def test_a_step_says_which_policy_chose_and_then_which_cookie_did(shop: Cluster) -> None:
    shop.add_users(1)
    first, second = step(shop, "c1", "add"), step(shop, "c1", "look")
    assert places(first) == ["customer", "balancer", "a", "a", "customer"]
    assert "no session cookie yet" in first.hops[0].says
    assert first.hops[1].says == "Policy round robin, sticky by cookie. It chose a (round robin picked a)."
    assert first.hops[2].says == "No session came with the request: a new one begins here."
    assert "sends the session cookie" in second.hops[0].says
    assert "its cookie names a" in second.hops[1].says
    assert second.hops[2].says == "It finds the session in its own memory."


def test_a_step_after_a_crash_says_where_the_cart_went(shop: Cluster) -> None:
    shop.add_users(1)[0].add("apples")
    shop.crash("a")
    taken = step(shop, "c1", "look")
    assert taken.lost
    assert taken.backend == "b"
    assert "its cookie names a, which is" in taken.hops[1].says
    assert taken.hops[2].says == "It does not know that session. It is nowhere any more."
    assert taken.hops[-1].says.startswith("Lost: ")


def test_without_sticky_routing_a_step_says_in_which_instance_the_cart_is(shop: Cluster) -> None:
    shop.set_sticky(False)
    shop.add_users(1)[0].add("apples")
    assert step(shop, "c1").hops[2].says == "It does not know that session. It is in a."


def test_a_step_says_what_the_store_answered_and_that_it_is_down() -> None:
    with Cluster("cart", instances=2, state="redis") as shop:
        shop.add_users(1)[0].add("apples")
        taken = step(shop, "c1")
        assert places(taken) == ["customer", "balancer", "b", "store", "b", "customer"]
        assert "It had the session, 1 item. Asked and answered: " in taken.hops[3].says
        assert "round trip" in taken.hops[3].says
        shop.crash_store()
        taken = step(shop, "c1")
        assert not taken.served
        assert taken.hops[3].says.endswith(", down: no answer came.")
        assert taken.hops[-1].says.startswith("Failed: ")


def test_a_step_without_a_session_says_that_the_store_was_not_asked() -> None:
    with Cluster("cart", instances=2, state="redis") as shop:
        shop.add_users(1)
        assert step(shop, "c1", "look").hops[3].says.endswith("It was not asked.")


def test_a_step_says_that_a_signed_cookie_brings_everything() -> None:
    with Cluster("cart", instances=2, state="signed_cookie") as shop:
        shop.add_users(1)[0].add("apples")
        assert "nothing has to be asked for" in step(shop, "c1").hops[2].says


def test_a_step_pauses_traffic_and_is_one_request(shop: Cluster) -> None:
    shop.add_users(2)
    shop.start_traffic()
    step(shop)
    assert not shop.traffic_on
    served = shop.ledger.counts().served
    step(shop, "c2", "add")
    assert shop.ledger.counts().served == served + 1


def test_whoever_has_done_least_is_next(shop: Cluster) -> None:
    shop.add_users(2)
    assert [step(shop, None, "add").user for _ in range(3)] == ["c1", "c2", "c1"]


def test_whoever_waits_for_a_hung_instance_is_not_next(shop: Cluster, until) -> None:
    first, second = shop.add_users(2)
    first.add("apples")
    second.add("bread")
    second.add("figs")
    shop.hang("a")
    shop.start_traffic(rate=500)
    until(lambda: first.waits)
    assert step(shop).user == "c2"


def test_a_step_by_nobody_is_refused_with_the_way_out(shop: Cluster) -> None:
    with pytest.raises(NoSuchCustomer, match=r"no customer yet\. Add one: cluster\.add_users"):
        step(shop)
    shop.add_users(2)
    with pytest.raises(NoSuchCustomer, match="no customer 'c3'"):
        step(shop, "c3")


def test_a_step_reads_as_numbered_lines(shop: Cluster) -> None:
    shop.add_users(1)
    assert str(step(shop)).splitlines()[1].startswith("2. balancer: Policy round robin")
