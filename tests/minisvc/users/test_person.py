import json
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.exchange import Ledger
from minisvc.users import Traffic, User, agrees

goods = st.lists(st.sampled_from(["apples", "bread", "cheese"]), max_size=5)


@given(expected=goods, unsure=goods, came=st.sets(st.integers(0, 4)))
def test_whatever_became_of_an_unsure_addition_is_right(expected, unsure, came):
    cart = expected + [item for number, item in enumerate(unsure) if number in came]
    assert agrees(expected, unsure, cart)


@given(expected=goods.filter(bool), unsure=goods, number=st.integers(0, 4))
def test_a_missing_item_that_was_acknowledged_is_a_contradiction(expected, unsure, number):
    number %= len(expected)
    cart = expected[:number] + expected[number + 1 :]
    assert not agrees(expected, [], cart)


@given(expected=goods, extra=goods.filter(bool))
def test_an_item_that_nobody_added_is_a_contradiction(expected, extra):
    assert not agrees(expected, [], [*expected, *extra])


def service(open_pool, items):
    """A cart whose memory is the list `items`, which a test may change behind the user's back."""

    def app(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            body = json.loads(environ["wsgi.input"].read())
            items.append(body["item"])
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"items": items}).encode()]

    return open_pool({"a": app})


@pytest.fixture
def made(open_pool):
    items = []
    pool = service(open_pool, items)
    user = User("c1", pool.url, pool.ledger)
    yield user, items, pool
    user.close()


def test_a_user_who_finds_its_cart_says_so(made):
    user, _, _ = made
    assert user.add("apples").sentence == "c1 added apples: 1 item, as expected"
    looked = user.check()
    assert (looked.lost, looked.sentence) == (False, "c1 looked: 1 item, as expected")


def test_a_lost_cart_is_told_once(made):
    user, items, pool = made
    user.add("apples")
    items.clear()
    lost = user.check()
    assert (lost.lost, lost.sentence) == (True, "c1 expected 1 item and found an empty cart")
    assert (lost.status, lost.served) == (200, True)
    assert user.check().lost is False
    assert pool.ledger.counts().lost == 1


def test_a_cart_that_was_emptied_before_an_addition_is_lost_too(made):
    user, items, _ = made
    user.add("apples")
    items.clear()
    added = user.add("bread")
    assert (added.lost, added.sentence) == (True, "c1 expected 2 items and found 1 item")
    assert user.expected == ("bread",)


def test_an_addition_without_an_answer_may_or_may_not_count(made):
    user, items, pool = made
    user.add("apples")
    pool.hosts["a"].crash()
    failed = user.add("bread")
    assert (failed.lost, failed.served, failed.status) == (None, False, 503)
    assert user.unsure == ()
    assert failed.definite
    pool.hosts["a"].start()
    pool.balancer.check_now("a")
    assert user.check().lost is False
    assert items == ["apples"]


def test_no_balancer_at_all_is_an_exchange_too():
    ledger = Ledger()
    user = User("c1", "http://127.0.0.1:9", ledger)
    told = user.add("apples")
    user.close()
    assert (told.status, told.lost, told.backend) == (None, None, None)
    assert told.sentence.startswith("c1 got no good answer: no answer: ")
    assert user.unsure == ("apples",)
    assert ledger.counts().failed == 1


@pytest.mark.parametrize("rate", [0, -1, 1001])
def test_traffic_refuses_a_rate_that_makes_no_sense(rate):
    with pytest.raises(ValueError, match=f"rate is {rate}; it must be above 0 and at most 1000 turns a second"):
        Traffic(list, rate, seed=1)


def test_traffic_gives_every_user_turns(made):
    user, _, pool = made
    other = User("c2", pool.url, pool.ledger)
    traffic = Traffic(lambda: [user, other], 1000, seed=1)
    wait_for_turns(pool.ledger, c1=3, c2=3)
    traffic.stop()
    other.close()


def test_in_traffic_nobody_waits_for_a_user_who_waits_for_an_answer(open_pool):
    came, go_on = threading.Event(), threading.Event()

    def app(environ, start_response):
        if environ["HTTP_X_REQUEST_ID"].startswith("c1-"):
            came.set()
            assert go_on.wait(10)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"items": []}']

    pool = open_pool({"a": app})
    users = [User(name, pool.url, pool.ledger) for name in ("c1", "c2", "c3")]
    traffic = Traffic(lambda: users, 1000, seed=1)
    assert came.wait(10)
    wait_for_turns(pool.ledger, c2=3, c3=3)
    assert turns(pool.ledger)["c1"] == 0
    go_on.set()
    wait_for_turns(pool.ledger, c1=1)
    traffic.stop()
    for user in users:
        user.close()


def turns(ledger):
    return Counter(exchange.user for exchange in ledger.since(0)[1])


def wait_for_turns(ledger, **least):
    with ledger.changed:
        assert ledger.changed.wait_for(lambda: turns(ledger) >= Counter(least), 10)


def test_an_error_in_a_turn_ends_traffic_and_is_raised_when_it_is_stopped(made, monkeypatch):
    user, _, _ = made

    def broken(_item):
        raise ZeroDivisionError("a turn that cannot be taken")

    monkeypatch.setattr(user, "add", broken)
    traffic = Traffic(lambda: [user], 1000, seed=1)
    traffic._thread.join(10)
    with pytest.raises(ZeroDivisionError, match="a turn that cannot be taken"):
        traffic.stop()


def test_an_error_in_traffic_is_raised_when_it_is_stopped():
    def broken():
        raise ZeroDivisionError("no users")

    traffic = Traffic(broken, 1000, seed=1)
    traffic._thread.join(10)
    with pytest.raises(ZeroDivisionError, match="no users"):
        traffic.stop()
