"""The users' own traffic in a cluster: it runs in the background, and stopping it waits for nobody who is stuck."""

import pytest

from minisvc import Cluster
from tests.minisvc.conditions import until


@pytest.fixture
def shop():
    with Cluster("cart", instances=3, state="memory", affinity="cookie") as shop:
        yield shop


def fill(shop: Cluster, count: int):
    users = shop.add_users(count)
    for user in users:
        user.add("apples")
    return users


def test_traffic_runs_until_it_is_stopped(shop):
    shop.add_users(2)
    with shop.ledger.changed:
        shop.start_traffic(rate=500)
        assert shop.traffic_on
        assert shop.ledger.changed.wait_for(lambda: shop.ledger.counts().served >= 10, 10)
    shop.stop_traffic()
    assert not shop.traffic_on
    assert shop.ledger.counts().lost == 0


@pytest.mark.parametrize("host", ["thread", "process"])
def test_traffic_stops_while_a_hung_instance_keeps_a_user_waiting_who_gets_the_answer_later(host):
    with Cluster("cart", instances=2, state="memory", affinity="cookie", host=host) as shop:
        users = fill(shop, 2)
        shop.hang("a")
        shop.start_traffic(rate=500)
        until(lambda: users[0].waits)
        shop.stop_traffic()
        assert (shop.traffic_on, users[0].waits, users[1].waits) == (False, True, False)
        shop.start_traffic(rate=500)
        shop.stop_traffic()
        shop.resume("a")
        until(lambda: not users[0].waits)
        shop.stop_traffic()
        assert shop.ledger.counts().failed == 0


def test_a_cluster_that_closes_waits_for_the_turns_that_were_left(shop):
    (user,) = fill(shop, 1)
    shop.hang("a")
    shop.start_traffic(rate=500)
    until(lambda: user.waits)
    shop.stop_traffic()
    shop.close()
    assert not user.waits
