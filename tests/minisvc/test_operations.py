"""Scaling, rolling restarts and the autoscaler under load: what users notice, and what the controls show."""

import contextlib
import shutil
import threading
from collections.abc import Iterator

import pytest

from minisvc import Cluster
from minisvc.autoscaler import Autoscaler, Scaling, ScalingError, Wanted, desired, stabilised
from minisvc.clock import FakeClock
from minisvc.errors import LayoutError, NotReady

STATES = ["memory", "signed_cookie", "redis"]


@contextlib.contextmanager
def load(shop: Cluster, users: int = 8) -> Iterator[None]:
    """Users who look into their carts without a pause, each in a thread, before, during and after."""
    over, crowd = threading.Event(), shop.add_users(users)
    for user in crowd:
        user.add("apples")

    def look(user) -> None:
        while not over.is_set():
            user.check()

    threads = [threading.Thread(target=look, args=(user,)) for user in crowd]
    for thread in threads:
        thread.start()
    try:
        more(shop, 40)
        yield
        more(shop, 40)
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def more(shop: Cluster, count: int) -> None:
    """Wait until so many more exchanges are settled."""
    wanted = total(shop) + count
    with shop.ledger.changed:
        assert shop.ledger.changed.wait_for(lambda: total(shop) >= wanted, 30), "the load has stopped"


def total(shop: Cluster) -> int:
    counts = shop.ledger.counts()
    return counts.served + counts.failed


def names(shop: Cluster) -> list[str]:
    return [backend.name for backend in shop.backends]


def told(shop: Cluster, *kinds: str) -> list[str]:
    return [event.sentence for event in shop.events.since(0)[1] if event.kind in kinds]


@pytest.mark.parametrize("affinity", [None, "cookie"])
def test_scaling_out_and_in_under_load_fails_no_request(affinity):
    with Cluster("cart", instances=2, state="redis", affinity=affinity) as shop:
        with load(shop):
            shop.scale(4)
            assert names(shop) == ["a", "b", "c", "d"]
            more(shop, 40)
            shop.scale(1)
            assert names(shop) == ["a"]
        counts = shop.ledger.counts()
        assert (counts.failed, counts.lost) == (0, 0)
        assert shop.service().instances == 1
        assert told(shop, "scale") == [
            "cart was scaled out, from 2 to 4.",
            "cart was scaled in, from 4 to 1.",
        ]
        assert told(shop, "leave")[0] == "d has finished and leaves cart; its memory goes with it."


def test_new_instances_get_their_share_of_the_load():
    with Cluster("cart", instances=1, state="signed_cookie") as shop, load(shop):
        shop.scale(3)
        cursor = shop.ledger.since(0)[0]
        more(shop, 60)
        assert {each.backend for each in shop.ledger.since(cursor)[1]} == {"a", "b", "c"}


@pytest.mark.parametrize(("state", "losers"), [("memory", ["c2", "c4"]), ("signed_cookie", []), ("redis", [])])
def test_scaling_in_loses_the_carts_that_lived_in_what_leaves(state, losers):
    with Cluster("cart", instances=2, state=state, affinity="cookie") as shop:
        users = shop.add_users(4)
        for user in users:
            user.add("apples")
        shop.scale(1)
        answers = [user.check() for user in users]
        assert [answer.user for answer in answers if answer.lost] == losers
        assert all(answer.served for answer in answers)


def test_an_instance_that_leaves_finishes_what_it_has_in_hand():
    with Cluster("cart", instances=2, state="redis", affinity="cookie") as shop:
        users = shop.add_users(2)
        for user in users:
            user.add("apples")
        with shop.fault("slow", "b", delay_s=0.3):
            answers = []
            slow = threading.Thread(target=lambda: answers.append(users[1].check()))
            slow.start()
            hands = shop._pools["cart"].upstream.backends["b"]
            with shop.ledger.changed:
                # It is under way when its instance is told to leave.
                shop.ledger.changed.wait_for(lambda: hands.in_flight == 1, 0.1)
            assert hands.in_flight == 1
            shop.scale(1)
            slow.join(10)
        assert (answers[0].status, answers[0].backend) == (200, "b")
        assert names(shop) == ["a"]


def test_a_number_out_of_bounds_changes_nothing():
    with Cluster("cart", instances=2) as shop:
        with pytest.raises(LayoutError, match="instances is 27; it must be a whole number from 1 to 26"):
            shop.scale(27)
        with pytest.raises(LayoutError, match="instances is 0; it must be"):
            shop.scale(0)
        assert names(shop) == ["a", "b"]


def test_weights_follow_the_instances():
    with Cluster("cart", instances=2, policy="weighted", weights=(3, 2)) as shop:
        shop.scale(3)
        assert shop.service().weights == (3, 2, 1)
        shop.scale(1)
        assert shop.service().weights == (3,)


def unhealthy_after_the_first(instance: str):
    """A service of which every instance but a says that it is ill."""

    def app(environ, start_response):
        start_response("200 OK" if instance == "a" else "500 Internal Server Error", [("Content-Length", "0")])
        return []

    return app


def test_an_instance_that_does_not_get_healthy_does_not_join(monkeypatch):
    monkeypatch.setattr("minisvc.operations.READY_WITHIN_S", 1.0)
    with Cluster("tests.minisvc.test_operations:unhealthy_after_the_first", instances=1) as shop:
        with pytest.raises(NotReady) as caught:
            shop.scale(2)
        assert str(caught.value).startswith('Instance "b" is not ready after 1 s: ')
        assert str(caught.value).endswith(
            "checks failed: answered HTTP/1.1 500 Internal Server Error.\n"
            "  Look at its health path, or allow more time: ready_timeout_s."
        )
        assert names(shop) == ["a"]
        assert shop.layout.find().instances == 1


@pytest.mark.parametrize("host", ["thread", "process"])
@pytest.mark.parametrize("state", STATES)
def test_a_rolling_restart_with_draining_fails_no_request(state, host):
    with Cluster("cart", instances=3, state=state, affinity="cookie", host=host) as shop:
        ports = [backend.port for backend in shop.backends]
        with load(shop):
            shop.rolling_restart()
        counts = shop.ledger.counts()
        assert counts.failed == 0
        # That nobody was refused does not mean that nothing was lost: a lesson of its own.
        assert (counts.lost > 0) is (state == "memory")
        assert [backend.port for backend in shop.backends] == ports
        assert [backend.status for backend in shop.backends] == ["up"] * 3
        assert told(shop, "restart") == [
            f"{name} was restarted and is healthy, with an empty memory." for name in "abc"
        ]
        assert told(shop, "rolling") == [
            "A rolling restart of cart begins.",
            "The rolling restart of cart is done.",
        ]


@pytest.mark.skipif(not shutil.which("haproxy"), reason="haproxy is not on PATH")
def test_behind_a_real_balancer_no_request_fails_either():
    with Cluster("cart", instances=2, state="redis", affinity="cookie", balancer="haproxy") as shop:
        with load(shop, users=2):
            shop.scale(3)
            shop.rolling_restart()
            shop.scale(1)
        assert (shop.ledger.counts().failed, shop.ledger.counts().lost) == (0, 0)


def test_without_draining_the_requests_in_flight_fail():
    with Cluster("cart", instances=2, state="redis", affinity="cookie") as shop:
        with shop.fault("slow", "a", "b", delay_s=0.05), load(shop):
            shop.rolling_restart(drain=False)
        broken = shop.ledger.counts().failed
        with shop.fault("slow", "a", "b", delay_s=0.05), load(shop):
            shop.rolling_restart()
        assert broken > 0
        assert shop.ledger.counts().failed == broken


def test_a_rolling_restart_stops_at_the_first_instance_that_does_not_get_healthy():
    with Cluster("tests.minisvc.test_operations:unhealthy_after_the_first", instances=3) as shop:
        with pytest.raises(NotReady, match=r'Instance "b" is not ready after 0\.1 s'):
            shop.rolling_restart(ready_timeout_s=0.1)
        assert told(shop, "restart") == ["a was restarted and is healthy, with an empty memory."]
        assert told(shop, "rolling") == ["A rolling restart of test_operations begins."]


@pytest.mark.parametrize(
    ("current", "metric", "wanted"),
    [
        (3, 20.0, 6),  # twice the target: twice the instances
        (3, 10.0, 3),
        (3, 10.9, 3),  # within the tolerance of a tenth
        (3, 11.0, 3),  # just within
        (3, 11.2, 4),  # 3.36 is rounded up
        (3, 9.0, 3),
        (3, 8.9, 3),  # 2.67 is rounded up
        (3, 6.6, 2),
        (4, 0.0, 1),  # never below the least
        (4, 100.0, 10),  # never above the most
        (50, 90 / 7.5, 10),
    ],
)
def test_the_formula_is_that_of_kubernetes(current, metric, wanted):
    assert desired(current, metric, Scaling(target=10.0)) == wanted


def test_the_documented_example_of_kubernetes():
    # kubernetes.io, blog of 2025-04-28: 50 replicas at 90 % with a target of 75 % become 60. Here in tens.
    assert desired(5, 90.0, Scaling(target=75.0)) == 6


def test_it_goes_up_at_once_and_down_only_to_the_highest_of_the_window():
    scaling = Scaling(target=1.0, down_window_s=300.0)
    wanted = [Wanted(0.0, 8), Wanted(100.0, 5), Wanted(200.0, 2)]
    assert stabilised(8, wanted, 200.0, scaling) == 8
    assert stabilised(8, wanted, 301.0, scaling) == 5
    assert stabilised(8, wanted, 401.0, scaling) == 2
    assert stabilised(1, wanted, 200.0, scaling) == 2
    assert stabilised(4, wanted, 200.0, scaling) == 4, "going down never goes up"


def test_without_a_window_it_goes_down_at_once():
    wanted = [Wanted(0.0, 8), Wanted(100.0, 2)]
    assert stabilised(8, wanted, 100.0, Scaling(target=1.0, down_window_s=0.0)) == 2


def test_the_autoscaler_follows_the_load_out_and_in_on_its_clock():
    clock = FakeClock()
    with Cluster("cart", instances=1, state="signed_cookie") as shop:
        scaler = shop.autoscale(target=10.0, most=4, down_window_s=60.0, clock=clock)
        (user,) = shop.add_users(1)

        def period(requests: int) -> int:
            for _ in range(requests):
                user.check()
            clock.advance(10.0)
            return scaler.look()

        # 25 a second: three instances of ten each. The very same load is then well spread, and changes nothing.
        assert period(250) == 3
        assert period(250) == 3
        # A lull of less than the window costs nothing; a longer one takes instances away.
        assert [period(0) for _ in range(5)] == [3] * 5
        assert [period(0) for _ in range(2)][-1] == 1
        assert names(shop) == ["a"]
        assert told(shop, "autoscale") == [
            "The autoscaler sees 25 requests_per_s an instance, target 10: 1 to 3 instances.",
            "The autoscaler sees 0 requests_per_s an instance, target 10: 3 to 1 instances.",
        ]
        assert shop.ledger.counts().failed == 0


def test_the_autoscaler_works_by_itself_under_load_and_fails_no_request():
    with Cluster("cart", instances=1, state="redis") as shop:
        fields = {"metric": "in_flight", "target": 2.0, "most": 3, "every_s": 0.05, "down_window_s": 0.0}
        with shop.fault("slow", "a", delay_s=0.02), load(shop), shop.autoscale(**fields), shop.ledger.changed:
            assert shop.ledger.changed.wait_for(lambda: len(shop.backends) == 3, 30)
        assert shop.ledger.counts().failed == 0
        assert told(shop, "autoscale")


def test_what_scaling_raised_is_told_at_the_end(monkeypatch):
    def broken(*_: object) -> None:
        raise NotReady("b", 1.0, "it is ill")

    monkeypatch.setattr(Autoscaler, "look", broken)
    with Cluster("cart", instances=1) as shop, pytest.raises(NotReady, match="it is ill"):  # noqa: SIM117
        with shop.autoscale(target=1.0, every_s=0.01) as scaler:
            scaler._thread.join(10)


def test_everything_that_is_wrong_with_an_autoscaler_is_said_at_once():
    with pytest.raises(ScalingError) as caught:
        Scaling(target=0.0, metric="cpu", least=3, most=2, tolerance=1.0, every_s=0.0, down_window_s=-1.0)
    assert str(caught.value).splitlines() == [
        "metric is 'cpu'. Known: requests_per_s, in_flight.",
        "target is 0.0; it must be above 0 and finite.",
        "least and most are 3 and 2; they must be whole numbers, 1 <= least <= most <= 26.",
        "tolerance is 1.0; it must be from 0 to below 1.",
        "every_s is 0.0; it must be from 0.01 to 3600.",
        "down_window_s is -1.0; it must be from 0 to 3600.",
    ]
