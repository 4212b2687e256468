import io
import itertools
import json
import threading
from collections import Counter

import pytest
from rich.console import Console

from minisvc import Cluster
from minisvc.clock import FakeClock
from minisvc.exchange import Ledger
from minisvc.users import Load, LoadError, Running, Target, User, run_load, think
from minisvc.users.shown import shown
from tests.minisvc.conftest import QUIET


class Carts:
    """A service that keeps carts by cookie, and that a test can hold or empty."""

    def __init__(self, stalls=lambda number: 0.0):
        self.carts: dict[str, list[str]] = {}
        self.open = threading.Event()
        self.open.set()
        self._numbers = itertools.count(1)
        self._stalls = stalls

    def __call__(self, environ, start_response):
        self.open.wait(20)
        stall_s = self._stalls(next(self._numbers))
        if stall_s:
            threading.Event().wait(stall_s)
        name = environ.get("HTTP_COOKIE", "").partition("=")[2] or f"s{len(self.carts)}"
        cart = self.carts.setdefault(name, [])
        if environ["REQUEST_METHOD"] == "POST":
            cart.append(json.loads(environ["wsgi.input"].read())["item"])
        start_response("200 OK", [("Content-Type", "application/json"), ("Set-Cookie", f"session={name}; Path=/")])
        return [json.dumps({"items": cart}).encode()]


@pytest.fixture
def serve(open_pool):
    """Opens one instance of `Carts` behind a balancer; gives the service, the pool and the target."""

    def opened(**options):
        carts = Carts(**options)
        pool = open_pool({"a": carts})
        return carts, pool, Target.at(pool.url, lambda: ["a"])

    return opened


def settled_within(ledger, count):
    with ledger.changed:
        assert ledger.changed.wait_for(lambda: len(ledger.since(0)[1]) >= count, 20), "the load stands still"


def test_two_thousand_users_make_their_steps_and_every_one_is_accounted_for():
    with Cluster("cart", instances=3, affinity="cookie", health=QUIET) as shop:
        result = shop.load(users=2000, steps=4000)
        exchanges = shop.ledger.since(0)[1]
    assert (result.sent, result.settled, result.served, result.lost, result.unsent) == (4000, 4000, 4000, 0, 0)
    assert len(exchanges) == len({each.id for each in exchanges}) == 4000
    assert set(Counter(each.user for each in exchanges).values()) == {2}
    assert sum(result.shares.values()) == 4000
    assert result.imbalance < 1.2
    assert result.bytes_up == sum(each.bytes_up for each in exchanges)


def test_a_crash_in_the_middle_is_seen_and_nothing_goes_missing():
    with Cluster("cart", instances=3, affinity="cookie", health=QUIET) as shop:
        running = shop.start_load(users=30, rate=600, arrivals="constant")
        settled_within(shop.ledger, 150)
        shop.crash("a")
        shop.restart("a")
        settled_within(shop.ledger, 450)
        result = running.stop()
        counts = shop.ledger.counts()
    assert result.lost >= 1
    assert result.sent == result.settled == counts.served + counts.failed
    assert (result.served, result.failed, result.lost) == (counts.served, counts.failed, counts.lost)


@pytest.mark.parametrize("how", [{"rate": 500.0, "activity": "zipf"}, {"activity": "zipf"}, {}])
def test_one_seed_reproduces_every_decision(how):
    def decisions(seed):
        with Cluster("cart", instances=2, affinity="cookie", health=QUIET) as shop:
            result = shop.load(users=20, steps=200, seed=seed, **how)
            assert result.lost == 0
            done = shop.ledger.since(0)[1]
        # Closed load decides what each user does; which of them comes first is the service's affair.
        done.sort(key=lambda each: (each.intended_s or 0, each.user, int(each.id.split("-")[1])))
        return [(each.user, each.sentence) for each in done]

    assert decisions(3) == decisions(3) != decisions(4)


def test_one_journey_makes_the_same_steps_on_both_transports(serve):
    _, pool, target = serve()
    running = Running(Load(users=1, steps=15, seed=9), target, pool.ledger)
    assert running.result(20).lost == 0
    user = User("u1", pool.url, pool.ledger, seed=9)
    by_requests = user.follow("shopper", 15)
    user.close()
    exchanges = pool.ledger.since(0)[1]
    assert [each.sentence for each in exchanges[:15]] == [each.sentence for each in by_requests]
    assert all(each.backend == "a" and each.lost is False for each in exchanges)


def test_a_journey_thinks_on_the_requests_transport_too(serve):
    _, pool, _ = serve()

    def pondering(user):
        yield think(3.5)
        yield user.check()
        yield user.forget()

    user, waited = User("u1", pool.url, pool.ledger), []
    user.follow(pondering, 2, waited.append)
    user.close()
    assert waited == [3.5, 3.5]


def test_a_stall_hides_in_closed_load_and_shows_in_open_load(serve):
    """One half second in which nothing is answered, in 300 steps that take some milliseconds each."""
    results = {}
    for mode, rate in (("closed", None), ("open", 300.0)):
        _, pool, target = serve(stalls=lambda number: 0.5 if number == 100 else 0.0)
        load = Load(users=1, steps=300, rate=rate, arrivals="constant")
        results[mode] = run_load(load, target, pool.ledger)
    closed, opened = results["closed"], results["open"]
    assert closed.p99_s < 0.2
    assert closed.max_s >= 0.5
    assert closed.latency == closed.response
    assert opened.p95_s > 0.3, "half of the due steps waited, up to half a second"
    assert opened.response.p95_s < 0.2, "measured from the send, the open load hides the stall as well"
    assert "from send" in str(opened)


def test_users_think_on_the_loads_clock(serve):
    _, pool, target = serve()
    clock = FakeClock()
    running = Running(Load(users=2, think_s=3600), target, pool.ledger, clock=clock)
    settled_within(pool.ledger, 1)
    clock.advance(1800)
    running.look_at_clock()
    settled_within(pool.ledger, 2)
    assert [each.user for each in pool.ledger.since(0)[1]] == ["u1", "u2"], "they do not march in step"
    clock.advance(3600)
    running.look_at_clock()
    settled_within(pool.ledger, 4)
    result = running.stop()
    assert (result.sent, result.took_s) == (4, 5400)


def test_who_stops_a_load_under_a_hung_service_learns_what_was_never_sent(serve):
    carts, pool, target = serve()
    carts.open.clear()
    running = Running(Load(users=3, rate=1000, steps=50, connections=2), target, pool.ledger)
    with pytest.raises(TimeoutError, match=r"The load goes on after 0.3 s. Call stop\(\) to end it"):
        running.result(0.3)
    result = running.stop(grace_s=0)
    carts.open.set()
    assert (result.sent, result.failed, result.unsent) == (2, 2, 48)
    assert result.errors == {"no answer: the load ended before its answer came": 2}
    # The balancer notices later; that is no further exchange.
    assert pool.balancer.call(lambda: True)
    assert pool.ledger.counts().failed == 2


def test_an_answer_is_not_waited_for_beyond_the_time_limit(serve):
    carts, pool, target = serve()
    carts.open.clear()
    result = run_load(Load(users=2, steps=2, timeout_s=0.2), target, pool.ledger)
    carts.open.set()
    assert result.errors == {"no answer: none within 0.2 s": 2}
    assert [each.definite for each in pool.ledger.since(0)[1]] == [False, False]


def test_no_balancer_at_all_fails_definitely_and_without_a_storm():
    ledger = Ledger()
    result = run_load(Load(users=2, steps=6), Target.at("http://127.0.0.1:9"), ledger)
    assert (result.sent, result.failed, result.throughput) == (6, 6, 0)
    assert result.errors == {"no answer: no connection: ECONNREFUSED": 6}
    assert all(each.definite for each in ledger.since(0)[1])
    assert result.took_s > 0.05, "somebody who is refused takes a breath"


def test_an_error_in_a_journey_is_raised_after_all_that_was_sent_is_settled(serve):
    _, pool, target = serve()

    def broken(user):
        seen = yield user.check()
        if user.name == "u2" and seen.served:
            raise ZeroDivisionError("of its own")

    running = Running(Load(broken, users=3, steps=300), target, pool.ledger)
    with pytest.raises(ZeroDivisionError, match="of its own"):
        running.result(20)
    counts = pool.ledger.counts()
    assert counts.served + counts.failed == running.progress.sent == running.progress.settled


def test_an_error_that_nobody_asked_for_is_raised_when_the_cluster_closes():
    def broken(user):
        yield user.check()
        raise ZeroDivisionError("of its own")

    shop = Cluster("cart", instances=1, health=QUIET).start()
    shop.start_load(broken, users=1)
    settled_within(shop.ledger, 1)
    with pytest.raises(BaseExceptionGroup, match="journeys had errors") as caught:
        shop.close()
    assert caught.group_contains(ZeroDivisionError)


def test_a_load_ends_with_its_cluster():
    with Cluster("cart", instances=1, health=QUIET) as shop:
        running = shop.start_load(users=5, rate=200)
        settled_within(shop.ledger, 5)
    assert running.is_over
    assert running.progress.is_last


def test_users_share_connections_when_there_are_more_of_them(serve):
    _, pool, target = serve()
    most = []
    result = run_load(
        Load(users=40, steps=400, connections=3),
        target,
        pool.ledger,
        progress=lambda _: most.append(len(pool.balancer.clients)),
    )
    assert result.served == 400
    assert max(most) <= 3


def test_zipf_users_are_as_active_as_their_rank_says(serve):
    _, pool, target = serve()
    run_load(Load("looker", users=10, rate=2000, steps=1000, activity="zipf"), target, pool.ledger)
    made = Counter(each.user for each in pool.ledger.since(0)[1])
    assert made["u1"] == pytest.approx(1000 / 2.93, rel=0.2)
    assert made["u1"] > made["u2"] > made["u5"]


def test_users_who_start_again_expect_nothing_of_what_is_gone(serve):
    carts, pool, target = serve()
    clock = FakeClock()

    def patient(user):
        yield user.add("apples")
        yield think(60)
        yield user.check()

    running = Running(Load(patient, users=1, steps=2), target, pool.ledger, clock=clock)
    settled_within(pool.ledger, 1)
    carts.carts.clear()
    running.forget()
    clock.advance(60)
    running.look_at_clock()
    assert running.result(20).lost == 0
    assert pool.ledger.since(0)[1][-1].sentence == "u1 looked: an empty cart, as expected"


def test_progress_is_told_and_shown(serve):
    _, pool, target = serve()
    told, out = [], io.StringIO()
    show = shown("rush hour", Console(file=out, force_terminal=True, width=120))

    def tell(progress):
        told.append(progress)
        show(progress)

    run_load(Load(users=5, steps=200), target, pool.ledger, progress=tell)
    assert [each.is_last for each in told] == [False] * (len(told) - 1) + [True]
    assert (told[-1].sent, told[-1].settled, told[-1].share) == (200, 200, 1.0)
    assert "rush hour" in out.getvalue()
    assert "200 served, 0 failed, 0 lost" in out.getvalue()


@pytest.mark.parametrize("url", ["https://127.0.0.1", "127.0.0.1:80", "http://"])
def test_an_address_that_cannot_be_asked_is_refused(url):
    with pytest.raises(LoadError, match=r"cannot be asked; it must be like http://127\.0\.0\.1:8000"):
        Target.at(url)


def test_a_result_reads_as_a_report(serve):
    _, pool, target = serve()
    lines = str(run_load(Load(users=2, steps=10), target, pool.ledger)).splitlines()
    assert lines[0] == "shopper: 2 users, closed load, equal activity, seed 1"
    assert lines[1].startswith("  10 sent in ")
    assert lines[1].partition(": ")[2].startswith("10 served, 0 failed, 0 lost; ")
    assert lines[2].startswith("  latency   p50 ")
    assert lines[3] == "  served by a 10, imbalance 1.00"
