"""The facade, as a notebook uses it: what a crash costs depends on where state lives."""

import asyncio
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from minisvc import Cluster, Layout
from minisvc.errors import LayoutError, NotRunning, PortTaken, StoreUnavailable, UnknownInstance, WrongStatus
from minisvc.sockets import listen
from minisvc.stores.redis_server import open_store

STATES = ["memory", "signed_cookie", "redis"]


@pytest.fixture
def shop():
    with Cluster("cart", instances=3, state="memory", affinity="cookie") as shop:
        yield shop


def fill(shop: Cluster, count: int = 3):
    users = shop.add_users(count)
    for user in users:
        user.add("apples")
    return users


@pytest.mark.parametrize("host", ["thread", "process"])
@pytest.mark.parametrize(("state", "losers"), [("memory", ["c1"]), ("signed_cookie", []), ("redis", [])])
def test_a_crash_loses_exactly_the_carts_that_lived_in_that_instance(state, losers, host):
    with Cluster("cart", instances=3, state=state, affinity="cookie", host=host) as shop:
        users = fill(shop)
        assert [exchange.backend for exchange in shop.ledger.since(0)[1]] == ["a", "b", "c"]
        shop.crash("a")
        answers = [user.check() for user in users]
        assert [answer.user for answer in answers if answer.lost] == losers
        assert all(answer.served for answer in answers)
        assert (shop.ledger.counts().lost, shop.ledger.counts().failed) == (len(losers), 0)


def test_without_a_crash_nothing_is_lost(shop):
    assert [user.check().lost for user in fill(shop)] == [False, False, False]


@pytest.mark.parametrize(("state", "lost"), [("memory", True), ("signed_cookie", False), ("redis", False)])
def test_without_affinity_only_memory_loses_carts(state, lost):
    with Cluster("cart", instances=3, state=state) as shop:
        (user,) = fill(shop, 1)
        assert user.check().lost is lost


@pytest.mark.parametrize("host", ["thread", "process"])
def test_a_hung_instance_keeps_its_clients_waiting_until_it_goes_on(host):
    with Cluster("cart", instances=3, state="memory", affinity="cookie", host=host) as shop:
        (user,) = fill(shop, 1)
        shop.hang("a")
        assert [b.status for b in shop.backends] == ["hung", "up", "up"]
        assert [(h.place, h.owner) for h in shop.holdings()] == [("a", "c1")]
        with ThreadPoolExecutor() as other:
            waiting = other.submit(user.check)
            assert not waiting.done()
            shop.resume("a")
            answer = waiting.result(10)
        assert (answer.backend, answer.lost) == ("a", False)
        assert [event.sentence for event in shop.events.since(0)[1] if event.target == "a"] == [
            "a hangs: it keeps its connections and answers nothing.",
            "a goes on where it was.",
        ]


@pytest.mark.parametrize("host", ["thread", "process"])
def test_a_hung_instance_that_crashes_loses_what_was_in_it_and_restarts_empty(host):
    with Cluster("cart", instances=3, state="memory", affinity="cookie", host=host) as shop:
        (user,) = fill(shop, 1)
        shop.hang("a")
        shop.crash("a")
        assert shop.events.since(0)[1][-1].sentence == "a crashed. c1's cart was in it."
        shop.restart("a")
        assert user.check().lost is True


@pytest.mark.parametrize("host", ["thread", "process"])
def test_moving_the_state_reaches_instances_wherever_they_run(host):
    with Cluster("cart", instances=2, state="memory", host=host) as shop:
        for state, places in [("redis", {"store"}), ("memory", {"a", "b"}), ("signed_cookie", {"client"})]:
            shop.move_state(state)
            fill(shop, 2)
            assert {h.place for h in shop.holdings()} == places


def test_the_embedded_imitation_keeps_carts_as_a_real_store_does(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with Cluster("cart", state="redis") as shop:
        users = fill(shop)
        shop.crash("a")
        assert shop.store.kind == "fakeredis (imitation)"
        assert [user.check().lost for user in users] == [False, False, False]


@pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")
def test_a_given_store_is_used_and_outlives_the_cluster():
    store = open_store()
    with Cluster("cart", state="redis", store_url=store.url) as shop:
        fill(shop, 1)
        assert shop.store.kind.endswith("(given)")
    with Cluster("cart", state="redis", store_url=store.url) as again:
        assert [holding.items for holding in again.holdings()] == [1]
    store.close()


def test_it_tells_who_holds_whose_cart(shop):
    fill(shop)
    assert [(h.place, h.owner, h.items, h.current) for h in shop.holdings()] == [
        ("a", "c1", 1, True),
        ("b", "c2", 1, True),
        ("c", "c3", 1, True),
    ]


@pytest.mark.parametrize(("state", "place"), [("signed_cookie", "client"), ("redis", "store")])
def test_carts_outside_instances_have_their_own_place(state, place):
    with Cluster("cart", state=state) as shop:
        fill(shop)
        assert sorted((h.place, h.owner) for h in shop.holdings()) == [(place, f"c{n}") for n in (1, 2, 3)]


def test_a_cart_that_no_cookie_leads_to_any_more_is_an_orphan():
    with Cluster("cart", instances=2, state="memory") as shop:
        (user,) = fill(shop, 1)
        user.add("bread")  # another instance, which does not know the session and begins a new one
        assert sorted((h.place, h.owner, h.items, h.current) for h in shop.holdings()) == [
            ("a", "c1", 1, False),
            ("b", "c1", 1, True),
        ]


def test_a_crash_names_the_owners_of_what_it_took(shop):
    fill(shop, 4)
    shop.crash("a")
    assert shop.events.since(0)[1][-1].sentence == "a crashed. c1's and c4's carts were in it."
    shop.crash("b")
    assert shop.events.since(0)[1][-1].sentence == "b crashed. c2's cart was in it."


def test_a_restarted_instance_serves_again_with_an_empty_memory(shop):
    fill(shop)
    port = shop.backends[0].port
    shop.crash("a")
    assert [b.status for b in shop.backends] == ["down", "up", "up"]
    shop.restart("a")
    assert [b.status for b in shop.backends] == ["up", "up", "up"]
    assert shop.backends[0].port == port
    assert {h.place for h in shop.holdings()} == {"b", "c"}
    (fresh,) = shop.add_users(1)
    assert fresh.add("figs").backend == "a"


def test_a_stopped_instance_gets_no_request_and_fails_none(shop):
    users = fill(shop)
    shop.stop("a")
    answers = [user.check() for user in users * 2]
    assert {answer.backend for answer in answers} == {"b", "c"}
    assert all(answer.served for answer in answers)
    assert shop.backends[0].status == "stopped"


def test_a_draining_instance_keeps_its_clients_and_gets_no_new_ones(shop):
    users = fill(shop)
    shop.drain("a")
    assert users[0].check().backend == "a"
    assert {user.add("figs").backend for user in shop.add_users(4)} == {"b", "c"}
    assert shop.backends[0].status == "draining"


def test_a_drained_instance_that_is_undrained_gets_new_clients_and_has_kept_its_carts(shop):
    users = fill(shop)
    shop.drain("a")
    shop.undrain("a")
    assert shop.backends[0].status == "up"
    assert shop.events.since(0)[1][-1].sentence == "a gets new clients again."
    assert users[0].check().lost is False
    assert {user.add("figs").backend for user in shop.add_users(3)} == {"a", "b", "c"}


def test_what_does_not_drain_cannot_be_undrained(shop):
    with pytest.raises(WrongStatus, match=r'Cannot undrain instance "a": it is up\.\n.*drain\("a"\)'):
        shop.undrain("a")


def test_sticky_routing_can_be_switched_while_it_runs(shop):
    users = fill(shop)
    shop.set_sticky(False)
    assert shop.service().affinity is None
    assert [users[0].check().backend for _ in range(3)] == ["a", "b", "c"]
    shop.set_sticky(True)
    assert users[0].check().backend == users[0].check().backend


def test_the_policy_can_be_changed_while_it_runs(shop):
    shop.set_policy("random")
    assert shop.add_users(1)[0].add("figs").why.startswith("random picked ")
    with pytest.raises(LayoutError, match="policy 'fastest' is not known"):
        shop.set_policy("fastest")
    assert shop.service().policy == "random"


def test_moving_the_state_starts_everybody_afresh(shop):
    users = fill(shop)
    shop.move_state("redis")
    assert shop.holdings() == ()
    assert [user.check().lost for user in users] == [False, False, False]
    fill(shop)
    assert {h.place for h in shop.holdings()} == {"store"}
    shop.move_state("memory")
    assert shop.store is None


def test_a_state_that_does_not_exist_changes_nothing(shop):
    fill(shop)
    with pytest.raises(LayoutError, match=r'state \'memory_\' is not known\. Did you mean "memory"\?'):
        shop.move_state("memory_")
    assert len(shop.holdings()) == 3


def test_curl_and_a_browser_can_talk_to_it(shop):
    with requests.Session() as http:
        http.trust_env = False
        http.post(f"{shop.url}/cart/items", data={"item": "apples"})
        assert "<li>apples</li>" in http.get(shop.url).text
    assert [(h.owner, h.items) for h in shop.holdings()] == [(None, 1)]


def test_an_unknown_instance_is_named_with_those_there_are(shop):
    with pytest.raises(UnknownInstance) as caught:
        shop.crash("d")
    assert str(caught.value) == "No instance 'd' here. Known: a, b, c."


def test_crashing_twice_says_what_to_do(shop):
    shop.crash("a")
    with pytest.raises(
        WrongStatus, match=r'Cannot crash instance "a": it is down\.\n  Start it first: restart\("a"\)\.'
    ):
        shop.crash("a")


def test_a_cluster_that_is_not_open_says_how_to_open_it():
    with pytest.raises(NotRunning, match="Open it first"):
        Cluster("cart").crash("a")


def test_a_second_cluster_of_the_same_name_closes_the_first():
    first = Cluster("cart", name="lesson").start()
    with Cluster("cart", name="lesson") as second:
        assert not first.is_open
        assert second.is_open
    first.close()


def test_clusters_of_other_names_run_side_by_side():
    with Cluster("cart") as first, Cluster("cart") as second:
        assert first.is_open
        assert first.url != second.url


def test_a_layout_can_be_given_whole():
    with Cluster(Layout.of(instances=2), affinity="cookie") as shop:
        assert (shop.service().instances, shop.service().affinity) == (2, "cookie")


def test_a_port_taken_leaves_nothing_running():
    with listen(0) as other:
        port = other.getsockname()[1]
        before = threading.active_count()
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            Cluster("cart", port=port, state="redis").start()
    for thread in threading.enumerate():
        if "cart" in thread.name:
            thread.join(5)
    assert threading.active_count() <= before


def test_a_store_that_does_not_answer_leaves_nothing_running():
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1"):
        Cluster("cart", state="redis", store_url="redis://127.0.0.1:1/0").start()


def test_it_works_inside_a_running_event_loop():
    async def cell() -> bool | None:
        with Cluster("cart") as shop:
            return fill(shop, 1)[0].check().served

    # A thread of its own: another test's browser may have a loop running in this one.
    with ThreadPoolExecutor() as other:
        assert other.submit(asyncio.run, cell()).result(30) is True


def test_commands_from_many_threads_wait_for_each_other(shop):
    def break_and_mend():
        for name in "abc":
            with shop.lock:
                shop.crash(name)
                shop.restart(name)

    threads = [threading.Thread(target=break_and_mend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [b.status for b in shop.backends] == ["up", "up", "up"]
    kinds = [event.kind for event in shop.events.since(0)[1]]
    assert (kinds.count("crash"), kinds.count("restart")) == (12, 12)
