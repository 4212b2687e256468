"""Copies at neighbours survive as many crashes as there are copies, and no more."""

import threading
import time

import pytest
import requests

from minisvc import Cluster
from minisvc.replicas import Counts
from tests.minisvc.conftest import QUIET

HOSTS = pytest.mark.parametrize("host", ["thread", "process"])


def shop_of(instances: int, host: str = "thread", **fields) -> Cluster:
    fields = {"affinity": "cookie", **fields}
    return Cluster("cart", instances=instances, state="replicated_memory", host=host, health=QUIET, **fields)


def filled(shop: Cluster, count: int):
    users = shop.add_users(count)
    for user in users:
        user.add("apples")
    return users


def losers(users) -> list[str]:
    return [user.name for user in users if user.check().lost]


@HOSTS
@pytest.mark.parametrize(("instances", "replicas"), [(3, 1), (4, 2)])
def test_k_copies_survive_k_crashes_and_no_more(host, instances, replicas):
    with shop_of(instances, host, replicas=replicas) as shop:
        users = filled(shop, instances)
        for name in "abcd"[:replicas]:
            shop.crash(name)
            assert losers(users) == []
        shop.crash("abcd"[replicas])
        assert losers(users) == ["c1"]


@HOSTS
def test_copies_at_all_others_survive_all_crashes_but_the_last(host):
    with shop_of(3, host, replicas=0) as shop:
        users = filled(shop, 3)
        shop.crash("a")
        shop.crash("b")
        assert losers(users) == []


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (2, 2), (0, 3)])
def test_a_session_write_costs_k_copies_and_to_all_n_minus_1(replicas, copies):
    with shop_of(4, replicas=replicas) as shop:
        filled(shop, 8)
        assert shop.replication() == Counts(writes=8, copies=8 * copies)


def test_without_affinity_nothing_is_lost_either_but_others_have_to_be_asked():
    with shop_of(3, affinity=None) as shop:
        users = filled(shop, 2)
        for _ in range(4):
            assert losers(users) == []
        assert shop.replication().forwards > 0


@HOSTS
def test_what_was_acknowledged_inside_the_lag_is_lost(host):
    with shop_of(3, host, lag_s=60.0) as shop:
        users = filled(shop, 3)
        assert shop.replication() == Counts(writes=3)
        shop.crash("a")
        assert losers(users) == ["c1"]


def test_after_the_lag_the_copies_are_there():
    with shop_of(3, lag_s=0.05) as shop:
        users, until_s = filled(shop, 3), time.monotonic() + 10
        while shop.replication().copies < 3:
            assert time.monotonic() < until_s, shop.replication()
            threading.Event().wait(0.01)
        shop.crash("a")
        assert losers(users) == []


@HOSTS
def test_an_instance_that_is_back_holds_its_share_again(host):
    with shop_of(3, host) as shop:
        users = filled(shop, 3)
        for name in "abcab":
            shop.crash(name)
            shop.restart(name)
        assert losers(users) == []


@HOSTS
def test_neither_scaling_nor_a_rolling_restart_loses_a_cart(host):
    with shop_of(2, host) as shop:
        users = filled(shop, 4)
        shop.scale(4)
        shop.rolling_restart()
        shop.scale(1)
        assert losers(users) == []


def test_a_restarted_instance_says_what_its_neighbours_held_for_it():
    with shop_of(3) as shop:
        filled(shop, 3)
        shop.crash("a")
        shop.restart("a")
        shop.rolling_restart()
        said = [event.sentence for event in shop.events.since(0)[1] if event.kind == "restart"]
    assert said[0] == "a is back, with 2 sessions from its neighbours."
    assert said[1] == "a was restarted and is healthy, with 2 sessions from its neighbours."


def test_a_crash_says_that_there_are_copies_as_long_as_there_are():
    with shop_of(3) as shop:
        filled(shop, 3)
        shop.crash("a")
        shop.crash("b")
        said = [event.sentence for event in shop.events.since(0)[1] if event.kind == "crash"]
    assert said[0] == "a crashed. c1's and c3's carts were in it, with copies elsewhere."
    assert said[1] == "b crashed. c1's and c2's carts were in it."


@pytest.mark.parametrize("affinity", ["cookie", None])
def test_crashes_one_after_the_other_under_load_lose_nothing(affinity):
    with shop_of(3, affinity=affinity) as shop, shop.start_load("shopper", users=20) as load:
        for name in "abc":
            more(shop, 100)
            shop.crash(name)
            more(shop, 100)
            shop.restart(name)
        result = load.stop()
    assert result.lost == 0, str(result)
    assert result.served > 600


def more(shop: Cluster, exchanges: int) -> None:
    """Wait until so many more are settled."""
    so_far = shop.ledger.since(0)[0]
    with shop.ledger.changed:
        assert shop.ledger.changed.wait_for(lambda: shop.ledger.since(0)[0] >= so_far + exchanges, 20)


def test_a_hung_instance_is_missed_and_comes_back_with_what_is_new():
    with shop_of(2, "process") as shop:
        a, b = (f"http://127.0.0.1:{backend.port}/cart" for backend in shop.backends)
        with requests.Session() as client:
            client.post(f"{a}/items", json={"item": "apples"}, timeout=10)
            cookie = {"session": client.cookies["session"]}
        shop.hang("a")
        answer = requests.post(f"{b}/items", json={"item": "bread"}, cookies=cookie, timeout=10)
        assert answer.json()["items"] == ["apples", "bread"]
        shop.resume("a")
        assert requests.get(a, cookies=cookie, timeout=10).json()["items"] == ["apples", "bread"]


def test_other_states_send_no_copies():
    with Cluster("cart", health=QUIET) as shop:
        filled(shop, 3)
        assert shop.replication() == Counts()


def test_both_places_of_a_cart_are_shown():
    with shop_of(3) as shop:
        filled(shop, 1)
        assert [(each.place, each.owner, each.items) for each in shop.holdings()] == [("a", "c1", 1), ("b", "c1", 1)]
