"""What every balancer owes, ours and the real ones: the same tests on the same sockets."""

import hashlib

import pytest
import requests
import websocket

from minisvc import Layout
from minisvc.balancer import Timeouts
from minisvc.layout import Service
from tests.minisvc.proxies.apps import gate
from tests.minisvc.proxies.asking import HELD, WAIT_S, in_background, recorded
from tests.minisvc.proxies.conftest import QUIET
from tests.minisvc.raw import answer, connect

SHORT = Timeouts(answer_s=0.2)
NOT_REPEATED = "It may have been done, so it was not sent to another backend (RFC 9110 section 9.2.2)."


def test_requests_take_turns_and_say_who_answered(balancer, opened, http):
    shop = opened(balancer=balancer)
    answers = [http.get(shop.url) for _ in range(6)]
    assert [each.json()["instance"] for each in answers] == ["a", "b", "c", "a", "b", "c"]
    assert [each.headers["x-backend"] for each in answers] == ["a", "b", "c", "a", "b", "c"]


def test_every_request_is_on_the_books_once(balancer, opened, http):
    shop = opened(balancer=balancer)
    for number in range(5):
        http.post(f"{shop.url}/pay?n={number}", data=b"x" * 100, headers={"X-Request-ID": f"mine-{number}"})
    exchanges = recorded(shop, 5)
    assert [each.id for each in exchanges] == [f"mine-{number}" for number in range(5)]
    assert [(e.method, e.path, e.status, e.tries) for e in exchanges[:1]] == [("POST", "/pay?n=0", 200, 1)]
    assert [each.backend for each in exchanges] == ["a", "b", "c", "a", "b"]
    assert all(each.bytes_up > 200 and each.bytes_down > 200 for each in exchanges)


def test_a_users_exchange_carries_its_verdict_and_the_balancers_facts(balancer, opened):
    shop = opened("cart", balancer=balancer, affinity="cookie")
    users = shop.add_users(3)
    done = [user.add("apples") for user in users]
    assert [(each.user, each.backend, each.lost) for each in done] == [
        ("c1", "a", False),
        ("c2", "b", False),
        ("c3", "c", False),
    ]
    counts = shop.ledger.counts()
    assert (counts.served, counts.failed, counts.by_backend) == (3, 0, {"a": 1, "b": 1, "c": 1})


def test_a_crash_loses_the_carts_of_one_instance(balancer, opened):
    shop = opened("cart", balancer=balancer, affinity="cookie")
    users = shop.add_users(6)
    for user in users:
        user.add("apples")
    assert [user.check().lost for user in users] == [False] * 6
    shop.crash("a")
    assert [user.check().lost for user in users] == [True, False, False, True, False, False]
    assert shop.ledger.counts().failed == 0


def test_without_affinity_carts_get_lost_without_a_crash(balancer, opened):
    shop = opened("cart", balancer=balancer)
    (user,) = shop.add_users(1)
    user.add("apples")
    assert user.check().lost is True


def test_a_bound_client_stays_and_a_forged_cookie_binds_nobody(balancer, opened, http):
    shop = opened(balancer=balancer, affinity="cookie")
    first = http.get(shop.url)
    assert "httponly" in first.headers["set-cookie"].lower()
    assert "samesite=lax" in first.headers["set-cookie"].lower()
    again = [http.get(shop.url) for _ in range(4)]
    assert {each.json()["instance"] for each in again} == {first.json()["instance"]}
    assert [each.headers.get("set-cookie") for each in again] == [None] * 4
    name = next(iter(http.cookies)).name
    forged = [requests.get(shop.url, cookies={name: "a"}) for _ in range(3)]
    assert {each.json()["instance"] for each in forged} == {"a", "b", "c"}
    assert all("set-cookie" in each.headers for each in forged)


def test_header_affinity_keeps_each_user_together(balancer, opened, http):
    shop = opened(balancer=balancer, affinity="header")
    for user in ("ann", "bob", "cas"):
        instances = {http.get(shop.url, headers={"X-User": user}).json()["instance"] for _ in range(5)}
        assert len(instances) == 1
    # Without the field, the policy spreads. HAProxy's turns over a ring are no strict ones.
    assert len({http.get(shop.url).json()["instance"] for _ in range(30)}) == 3


def test_source_affinity_keeps_an_address_together(balancer, opened, http):
    shop = opened(balancer=balancer, affinity="source")
    assert len({http.get(shop.url).json()["instance"] for _ in range(6)}) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_elsewhere_whatever_the_method(balancer, opened, http, method):
    shop = opened(balancer=balancer)
    shop.crash("a")
    body = b"y" * 100_000 if method == "POST" else b""
    answers = [http.request(method, shop.url, data=body) for _ in range(4)]
    assert [each.status_code for each in answers] == [200] * 4
    assert {each.json()["instance"] for each in answers} == {"b", "c"}
    assert [each.json()["digest"] for each in answers] == [hashlib.sha256(body).hexdigest()] * 4
    tries = [each.tries for each in recorded(shop, 4)]
    # HAProxy's first check of health comes right after its start, and may find the crash before a request does.
    assert tries == [2, 1, 1, 1] or (balancer == "haproxy" and tries == [1, 1, 1, 1])
    assert {each.name: each.status for each in shop.backends}["a"] == "down"


def test_nobody_left_is_503_and_nothing_was_done(balancer, opened, http):
    shop = opened(balancer=balancer, instances=2)
    for name in "ab":
        shop.crash(name)
    for _ in range(2):
        told = http.post(shop.url, data=b"pay", headers={"X-Request-ID": "none"})
        assert told.status_code == 503
        assert told.headers["retry-after"] == "1"
        assert told.json()["reason"].startswith("No healthy backend")
        assert (told.json()["definite"], told.json()["request"]) == (True, "none")
    exchange = recorded(shop, 2)[-1]
    assert (exchange.status, exchange.backend, exchange.definite) == (503, None, True)


@pytest.mark.parametrize("retry", ["unsent", "idempotent"])
def test_a_post_that_was_sent_is_never_sent_twice(balancer, opened, http, retry):
    shop = opened(HELD, balancer=balancer, retry=retry)
    asked = in_background(lambda: http.post(shop.url, data=b"pay"))
    assert gate.entered.acquire(timeout=WAIT_S)
    shop.crash("a")
    told = asked.result(WAIT_S)
    assert told.status_code == 502
    assert told.json()["definite"] is False
    assert told.json()["reason"].endswith(NOT_REPEATED)
    assert gate.seen == [("a", "POST")]
    (exchange,) = recorded(shop, 1)
    assert (exchange.status, exchange.backend, exchange.definite) == (502, "a", False)


def test_a_client_that_kept_its_connection_is_told_502_too(balancer, opened, http):
    shop = opened(HELD, balancer=balancer)
    gate.go.set()
    for _ in range(6):
        assert http.get(shop.url).status_code == 200
    gate.go.clear()
    asked = in_background(lambda: http.post(shop.url, data=b"pay"))
    for _ in range(7):
        assert gate.entered.acquire(timeout=WAIT_S)
    crashed = gate.seen[-1][0]
    shop.crash(crashed)
    assert asked.result(WAIT_S).status_code == 502
    exchange = recorded(shop, 7)[-1]
    assert (exchange.method, exchange.backend, exchange.served, exchange.definite) == ("POST", crashed, False, False)
    assert gate.seen.count((crashed, "POST")) == 1


@pytest.mark.parametrize(("retry", "status"), [("unsent", 502), ("idempotent", 200)])
def test_a_get_that_was_sent_is_repeated_only_if_switched_on(balancer, opened, http, retry, status):
    shop = opened(HELD, balancer=balancer, retry=retry)
    asked = in_background(lambda: http.get(shop.url))
    assert gate.entered.acquire(timeout=WAIT_S)
    shop.crash("a")
    gate.go.set()
    assert asked.result(WAIT_S).status_code == status
    assert gate.seen == [("a", "GET"), ("b", "GET")][: 1 if status == 502 else 2]


def test_a_silent_backend_is_504_and_not_asked_again(real, opened, http, monkeypatch):
    monkeypatch.setattr("minisvc.proxies.proxy.DEFAULT_TIMEOUTS", SHORT)
    shop = opened(HELD, balancer=real, retry="idempotent")
    told = http.get(shop.url)
    gate.go.set()
    assert told.status_code == 504
    assert told.json()["definite"] is False
    assert gate.seen == [("a", "GET")]


def test_an_error_of_the_service_itself_goes_through_unchanged(balancer, opened, http):
    shop = opened(balancer=balancer)
    for code in (500, 502, 503, 504):
        told = http.get(f"{shop.url}/status/{code}")
        assert (told.status_code, told.content) == (code, b"")
    assert [(each.status, each.tries, each.served) for each in recorded(shop, 4)] == [
        (code, 1, False) for code in (500, 502, 503, 504)
    ]


def test_services_are_found_by_the_longest_prefix(balancer, opened, http):
    layout = Layout(
        services=(
            Service("tests.minisvc.proxies.apps:echo", path="/api", instances=1),
            Service("tests.minisvc.proxies.other_apps:echo", path="/api/deep", instances=1),
        ),
        balancer=balancer,
        health=QUIET,
    )
    shop = opened(layout)
    found = {path: http.get(shop.url + path) for path in ("/api", "/api/x", "/api/deep", "/api/deep/y", "/apix", "/")}
    assert {path: each.headers.get("x-backend") for path, each in found.items()} == {
        "/api": "apps-a",
        "/api/x": "apps-a",
        "/api/deep": "other_apps-a",
        "/api/deep/y": "other_apps-a",
        "/apix": None,
        "/": None,
    }
    assert found["/"].status_code == 404
    assert found["/"].json()["reason"].startswith("no service answers for")


def test_paths_and_queries_reach_the_service_as_they_were_sent(balancer, opened):
    shop = opened(balancer=balancer)
    with connect(int(shop.url.rpartition(":")[2])) as link:
        link.sendall(b"GET /a%20b/c?d=%26&e HTTP/1.1\r\nHost: h\r\n\r\n")
        _, _, body = answer(link)
    assert b"/a%20b/c?d=%26&e" in body or b"/a b/c?d=%26&e" in body
    assert recorded(shop, 1)[0].path == "/a%20b/c?d=%26&e"


def test_forwarded_fields_tell_the_chain(balancer, opened, http):
    shop = opened(balancer=balancer)
    told = http.get(
        shop.url,
        headers={
            "Host": "shop.test",
            "X-Forwarded-For": "192.0.2.1",
            "Forwarded": "for=192.0.2.1",
            "Via": "1.0 edge",
            "X-Request-ID": "given-1",
            "TE": "gzip",
        },
    )
    seen = {name: value.replace(", ", ",") for name, value in told.json()["fields"].items()}
    assert seen["host"] == "shop.test"
    assert seen["x-forwarded-for"] == "192.0.2.1,127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["forwarded"] == "for=192.0.2.1,for=127.0.0.1;proto=http"
    assert seen["via"] == "1.0 edge,1.1 statewise"
    assert seen["x-request-id"] == told.headers["x-request-id"] == "given-1"
    assert "te" not in seen


def test_a_request_without_a_fit_id_is_given_one(balancer, opened, http):
    shop = opened(balancer=balancer)
    for given in ({}, {"X-Request-ID": "no spaces, please"}):
        told = http.get(shop.url, headers=given)
        assert len(told.headers["x-request-id"]) >= 16
        assert told.json()["fields"]["x-request-id"] == told.headers["x-request-id"]


def test_an_answer_is_passed_on_while_it_is_made(balancer, opened):
    shop = opened(balancer=balancer)
    with connect(int(shop.url.rpartition(":")[2])) as link:
        link.sendall(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        seen = b""
        while b"first" not in seen:
            seen += link.recv(65536)
        assert b"last" not in seen
        gate.go.set()
        while b"last" not in seen:
            seen += link.recv(65536)


def test_a_stream_that_breaks_off_is_on_the_books_as_such(balancer, opened):
    shop = opened(balancer=balancer)
    with connect(int(shop.url.rpartition(":")[2])) as link:
        link.sendall(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        while b"first" not in link.recv(65536):
            pass
        shop.crash("a")
        gate.go.set()
        (exchange,) = recorded(shop, 1)
    assert (exchange.status, exchange.backend, exchange.definite) == (None, "a", False)
    assert exchange.error


def test_large_bodies_arrive_whole_both_framings(balancer, opened, http):
    shop = opened(balancer=balancer)
    body = bytes(range(256)) * 8000
    for data in (body, iter([body[:1_000_000], body[1_000_000:]])):
        told = http.put(shop.url, data=data).json()
        assert (told["length"], told["digest"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_a_websocket_is_carried_both_ways(balancer, opened):
    shop = opened(balancer=balancer)
    link = websocket.create_connection(f"ws{shop.url.removeprefix('http')}/ws", timeout=WAIT_S)
    link.send("hello")
    assert link.recv() == "hello"
    link.send_binary(b"x" * 1_000_000)
    assert len(link.recv()) == 1_000_000
    link.close()
    assert recorded(shop, 1)[0].status == 101
