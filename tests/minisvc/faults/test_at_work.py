"""Faults at work on a running cluster: what users get before, during and after, and what is touched."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from minisvc import Cluster
from minisvc.clock import FakeClock
from minisvc.errors import FaultError, UnknownInstance, WrongStatus
from tests.minisvc.conditions import until
from tests.minisvc.faults.conftest import fill


def sentences(shop: Cluster) -> list[str]:
    return [event.sentence for event in shop.events.since(0)[1] if event.kind == "fault"]


def test_a_slow_instance_answers_later_and_only_it_and_only_meanwhile(shop):
    mine, other = fill(shop)
    assert mine.check().duration_s < 0.2
    with shop.fault("slow", "a", delay_s=0.2) as fault:
        touched, spared = mine.check(), other.check()
    after = mine.check()
    assert touched.duration_s >= 0.2 > max(spared.duration_s, after.duration_s)
    assert (touched.fault, spared.fault, after.fault) == ("slow-1", None, None)
    assert fault.touched == [touched]
    assert sentences(shop) == ["slow-1 begins: a's answers take 0.2 s longer.", "slow-1 ends; it touched 1 exchange."]


def test_the_client_is_not_told_of_faults(shop):
    (mine, _) = fill(shop)
    with shop.fault("slow", "a", delay_s=0.0):
        answer = mine._http.get(f"{shop.url}/cart")
    assert answer.headers["x-backend"] == "a"
    assert "x-statewise-fault" not in answer.headers


def test_an_error_share_is_reproduced_by_its_seed(shop):
    (mine, _) = fill(shop)

    def draw(seed: int) -> list[int | None]:
        with shop.fault("error_share", "a", share=0.5, status=503, seed=seed) as fault:
            answers = [mine.check() for _ in range(20)]
        assert fault.touched == [answer for answer in answers if answer.status == 503]
        return [answer.status for answer in answers]

    assert draw(1) == draw(1) != draw(2)
    assert {*draw(1)} == {200, 503}
    assert {mine.check().status for _ in range(20)} == {200}


def test_a_dropped_response_is_work_done_without_an_answer(shop):
    (mine, _) = fill(shop)
    with shop.fault("drop_response", "a") as fault:
        dropped = mine.add("bread")
    assert (dropped.status, dropped.definite, dropped.fault) == (502, False, "drop_response-1")
    assert fault.touched == [dropped]
    # The control for "the work is done": an error in place of the work leaves no item.
    with shop.fault("error_share", "a", share=1.0):
        mine.add("cheese")
    after = mine.check()
    assert after.sentence == "c1 looked: 2 items, as expected"
    assert mine.expected == ("apples", "bread")


def test_a_retry_that_hides_a_fault_is_put_down_to_it_all_the_same():
    with Cluster("cart", instances=2, state="redis", affinity="cookie", retry="idempotent") as shop:
        (mine, _) = fill(shop)
        with shop.fault("drop_response", "a") as fault:
            answer = mine.check()
        assert (answer.status, answer.backend, answer.tries) == (200, "b", 2)
        assert fault.touched == [answer]


def test_a_hundred_faults_leave_no_descriptor_and_no_thread():
    with Cluster("cart", instances=2, state="redis", affinity="cookie") as shop:
        users = fill(shop)

        def round_of_faults() -> None:
            for kind in ("slow", "refuse", "crash", "hang", "partition"):
                with shop.fault(kind, "a", **({"how": "refuse"} if kind == "partition" else {})):
                    users[1].check()
            with shop.fault("store_slow", delay_s=0.0):
                users[0].check()

        def held() -> tuple[int, int]:
            return psutil.Process().num_fds(), threading.active_count()

        round_of_faults()
        before = held()
        for _ in range(17):
            round_of_faults()
        # A user's way to its store takes five descriptors, and may be open or not. A leak would be 17 at least.
        until(lambda: all(now < then + 17 for now, then in zip(held(), before, strict=True)))
        assert len(sentences(shop)) == 2 * 18 * 6


def test_a_refusing_instance_takes_no_new_connection_and_keeps_those_it_has(shop):
    mine, _, also_mine = fill(shop, 3)
    with shop.fault("refuse", "a") as fault:
        assert mine.check().backend == "a", "over the connection that was open"
        with shop.fault("slow", "a", delay_s=0.5), ThreadPoolExecutor() as at_once:
            # The open connection is taken by one of the two.
            answers = list(at_once.map(lambda user: user.check(), [mine, also_mine]))
    assert sorted((answer.tries, answer.backend) for answer in answers) == [(1, "a"), (2, "b")]
    assert fault.touched == [answer for answer in answers if answer.tries == 2]
    assert "The balancer takes a out: connection refused." in [each.sentence for each in shop.events.since(0)[1]]
    assert [backend.status for backend in shop.backends] == ["up", "up"]
    assert {mine.check().backend, also_mine.check().backend} == {"a", "b"}, "bound anew where it went"


def test_a_crashed_instance_is_back_at_the_end_and_those_who_met_it_are_named(shop):
    mine, other = fill(shop)
    with shop.fault("crash", "a") as fault:
        first, second, spared = mine.check(), mine.check(), other.check()
        assert shop.backends[0].status == "down"
    assert fault.touched == [first]
    assert (first.lost, second.fault, spared.fault) == (True, None, None)
    assert [backend.status for backend in shop.backends] == ["up", "up"]


def test_a_hung_instance_touches_whoever_waits_for_it(shop):
    mine, other = fill(shop)
    with ThreadPoolExecutor() as beside:
        with shop.fault("hang", "a") as fault:
            waiting = beside.submit(mine.check)
            hands = shop._pools["cart"].upstream.backends["a"]
            until(lambda: hands.in_flight == 1)
            assert other.check().fault is None
            assert not waiting.done()
        answer = waiting.result(10)
    assert (answer.status, answer.fault) == (200, "hang-1")
    assert fault.touched == [answer]


def test_a_fault_that_comes_and_goes_while_its_instance_hangs_leaves_no_trace(shop):
    (mine, _) = fill(shop)
    with shop.fault("hang", "a"), shop.fault("error_share", "a", share=1.0):
        pass
    answer = mine.check()
    assert (answer.status, answer.fault) == (200, None)


def test_nested_faults_add_up_and_each_ends_by_itself(shop):
    (mine, _) = fill(shop)
    with shop.fault("slow", "a", delay_s=0.1) as outer:
        with shop.fault("slow", "a", delay_s=0.15) as inner:
            both = mine.check()
        one = mine.check()
    none = mine.check()
    assert both.duration_s >= 0.25 > one.duration_s >= 0.1 > none.duration_s
    assert (both.fault, one.fault, none.fault) == ("slow-1, slow-2", "slow-1", None)
    assert (outer.touched, inner.touched) == ([both, one], [both])


@pytest.mark.parametrize("kind", ["slow", "refuse", "error_share"])
def test_equal_faults_may_end_in_any_order(shop, kind):
    fill(shop)
    first, second = shop.fault(kind, "a").__enter__(), shop.fault(kind, "a").__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    backend = shop._pools["cart"].upstream.backends["a"]
    assert (backend.port, backend.suspects) == (shop.backends[0].port, {})
    (fresh,) = shop.add_users(1)
    answer = fresh.add("figs")
    assert (answer.status, answer.fault) == (201, None)


def test_a_fault_outlasts_a_restart_and_is_undone_all_the_same(shop):
    (mine, _) = fill(shop)
    with shop.fault("error_share", "a", share=1.0):
        shop.crash("a")
        shop.restart("a")
        assert mine.check().status == 500
    assert mine.check().status == 200


@pytest.mark.parametrize("kind", ["slow", "error_share", "drop_response", "refuse", "crash", "hang"])
def test_it_is_undone_whatever_happened_to_the_instance_and_to_the_code(shop, kind):
    fill(shop)
    with pytest.raises(ZeroDivisionError), shop.fault(kind, "a"):  # noqa: PT012  # all of it may be undone
        if kind != "crash":
            shop.crash("a")
        if kind != "hang":
            shop.restart("a")
        raise ZeroDivisionError
    if kind == "hang":
        shop.restart("a")
    assert [backend.status for backend in shop.backends] == ["up", "up"]
    assert shop._pools["cart"].effects.get("a", {}) == {}
    (fresh,) = shop.add_users(1)
    answer = fresh.add("figs")
    assert (answer.status, answer.fault) == (201, None)


def test_a_cluster_closed_meanwhile_leaves_nothing_to_undo():
    with Cluster("cart", instances=2, state="redis") as shop:
        faults = [shop.fault(kind, "a") for kind in ("slow", "refuse", "partition", "crash")]
        faults.append(shop.fault("store_crash"))
        for fault in faults:
            fault.__enter__()
    for fault in reversed(faults):
        fault.__exit__(None, None, None)


def test_a_fault_that_cannot_begin_leaves_nothing_broken(shop):
    fill(shop)
    with pytest.raises(UnknownInstance, match="No instance 'd' here"), shop.fault("slow", "a", "d"):
        pass
    shop.crash("b")
    with pytest.raises(WrongStatus, match='Cannot crash instance "b"'), shop.fault("crash", "a", "b"):
        pass
    assert [backend.status for backend in shop.backends] == ["up", "down"]
    assert sentences(shop)[-1].startswith('crash-2 could not begin: Cannot crash instance "b": it is down.')
    with pytest.raises(FaultError, match='partition: state "memory" has no store'), shop.fault("partition", "a"):
        pass


def test_a_script_by_count_fails_twice_and_recovers(shop):
    (mine, _) = fill(shop)
    with shop.fault("script", "a", steps="fail 2, then recover", status=503) as fault:
        answers = [mine.check() for _ in range(4)]
    assert [answer.status for answer in answers] == [503, 503, 200, 200]
    assert fault.touched == answers[:2]


def test_a_script_by_time_gives_its_commands_in_order_and_mends_at_the_end(shop):
    fill(shop)
    with shop.fault("script", steps="at 0.02 s crash a, at 0.04 s restart a, at 0.06 s hang b") as fault:
        assert fault.wait(10)
        assert [backend.status for backend in shop.backends] == ["up", "hung"]
    assert [backend.status for backend in shop.backends] == ["up", "up"]
    kinds = [(event.kind, event.target) for event in shop.events.since(0)[1] if event.kind != "health"]
    assert kinds == [
        ("start", None),
        ("fault", None),
        ("crash", "a"),
        ("restart", "a"),
        ("hang", "b"),
        ("resume", "b"),
        ("fault", None),
    ]


def test_a_script_by_time_follows_its_clock(shop):
    clock, steps = FakeClock(), "at 1.0 s crash a, at 3.0 s restart a"
    fill(shop)
    with shop.fault("script", steps=steps, clock=clock) as fault:
        assert not fault.wait(0.1)
        assert shop.backends[0].status == "up"
        clock.advance(1.0)
        until(lambda: shop.backends[0].status == "down")
        clock.advance(1.9)
        assert not fault.wait(0.1)
        clock.advance(0.1)
        assert fault.wait(10)
        assert shop.backends[0].status == "up"


def test_a_step_that_cannot_be_taken_is_told_at_the_end(shop):
    with pytest.raises(WrongStatus, match='Cannot crash instance "a": it is down'):  # noqa: SIM117
        with shop.fault("script", steps="at 0 s crash a, at 0 s crash a") as fault:
            assert fault.wait(10)
    assert [backend.status for backend in shop.backends] == ["up", "up"]


def test_faults_reach_an_instance_in_a_process_of_its_own():
    with Cluster("cart", instances=2, state="redis", affinity="cookie", host="process") as shop:
        (mine, _) = fill(shop)
        with shop.fault("error_share", "a", share=1.0) as inside:
            assert mine.check().status == 500
        with shop.fault("partition", "a", how="refuse") as between:
            assert mine.check().status == 503
        with shop.fault("crash", "a") as dead:
            assert mine.check().backend == "b"
        assert [len(fault.touched) for fault in (inside, between, dead)] == [1, 1, 1]
        assert mine.check().lost is False
