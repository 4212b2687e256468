"""A warm copy saves reads of the store, and is used only while it is what the client wrote last."""

import pytest

from minisvc import Cluster
from minisvc.state.soft_affinity import MARK, MOST_WARM, WARM_S
from tests.minisvc.conftest import QUIET
from tests.minisvc.state.conftest import Bench
from tests.minisvc.state.kinds import KINDS

KIND = next(each for each in KINDS if each.name == "soft_affinity")


@pytest.fixture
def bench():
    bench = Bench(KIND)
    yield bench
    bench.close()


def reads(app) -> tuple[int, int]:
    """From memory, from the store."""
    return app.session_interface.from_memory, app.session_interface.from_store


def test_the_instance_that_wrote_last_reads_from_its_memory(bench):
    app = bench.instance("a")
    client = bench.client(app)
    client.add("apples")
    assert [client.items for _ in range(3)] == [["apples"]] * 3
    assert reads(app) == (3, 0)


def test_another_instance_asks_the_store_once_and_is_warm_then(bench):
    first, other = bench.instance("a"), bench.instance("b")
    client = bench.client(first)
    client.add("apples")
    moved = client.at(other)
    assert [moved.items for _ in range(3)] == [["apples"]] * 3
    assert reads(other) == (2, 1)


def test_a_copy_that_is_not_the_newest_is_not_used(bench):
    first, other = bench.instance("a"), bench.instance("b")
    client = bench.client(first)
    client.add("apples")
    moved = client.at(other)
    moved.add("bread")
    back = moved.at(first)
    assert back.items == ["apples", "bread"]
    assert reads(first) == (0, 1)


def test_what_another_device_did_is_seen_when_the_copy_is_no_longer_believed(bench):
    first, other = bench.instance("a"), bench.instance("b")
    client = bench.client(first)
    client.add("apples")
    client.at(other).ask("DELETE", "/")
    bench.clock.advance(WARM_S - 0.1)
    assert client.items == ["apples"]
    bench.clock.advance(0.1)
    assert client.items == []


def test_the_oldest_copies_make_room(bench, monkeypatch):
    monkeypatch.setattr("minisvc.state.soft_affinity.MOST_WARM", 2)
    assert MOST_WARM > 2
    app = bench.instance("a")
    clients = [bench.client(app) for _ in range(3)]
    for client in clients:
        client.add("apples")
    assert [client.items for client in clients] == [["apples"]] * 3
    assert reads(app)[1] > 0


def test_the_cookie_names_the_version(bench):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    sid, _, version = client.key.partition(MARK)
    client.add("bread")
    assert client.key.partition(MARK)[0] == sid
    assert client.key.partition(MARK)[2] != version


def round_trips(state: str, affinity: str | None = "cookie") -> int:
    with Cluster("cart", instances=3, state=state, affinity=affinity, health=QUIET) as shop:
        users = shop.add_users(4)
        for user in users:
            user.add("apples")
        for user in users * 5:
            assert user.check().lost is False
        return shop.store_traffic().total.round_trips


def test_every_read_of_a_bound_client_is_saved():
    assert round_trips("redis") - round_trips("soft_affinity") == 4 * 5


def test_without_affinity_nothing_is_saved_but_where_chance_leads_back():
    assert round_trips("soft_affinity", affinity=None) > round_trips("soft_affinity")


@pytest.mark.parametrize("host", ["thread", "process"])
def test_a_crash_loses_nothing_and_clients_warm_another_instance(host):
    with Cluster("cart", instances=3, state="soft_affinity", affinity="cookie", host=host, health=QUIET) as shop:
        users = shop.add_users(3)
        for user in users:
            user.add("apples")
        shop.crash("a")
        assert [user.check().lost for user in users] == [False] * 3


def test_a_client_without_affinity_finds_its_cart_too():
    with Cluster("cart", instances=3, state="soft_affinity", health=QUIET) as shop:
        (user,) = shop.add_users(1)
        for item in ("apples", "bread", "milk"):
            user.add(item)
        assert [user.check().lost for _ in range(4)] == [False] * 4
