"""Backends that are crashed under the balancer's hands, hang or babble: what its clients are told."""

import socket
import threading

import pytest

from minisvc.balancer.server import Timeouts
from minisvc.layout import HealthCheck
from tests.minisvc.balancer.apps import WAIT_S, Held, echo_app
from tests.minisvc.raw import answer, connect


def in_background(function):
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()

    def wait():
        thread.join(WAIT_S)
        return result[0]

    return wait


def test_a_refused_connection_is_tried_elsewhere_even_for_a_post(echo, http):
    echo.hosts["a"].crash()
    answers = [http.post(echo.url, data=b"x") for _ in range(3)]
    assert [a.json()["instance"] for a in answers] == ["b", "b", "b"]
    assert echo.status("a") == "unhealthy (connection refused)"
    exchanges = echo.ledger.since(0)[1]
    assert [e.tries for e in exchanges] == [2, 1, 1]


def test_a_body_kept_for_a_refused_backend_reaches_the_next_one(echo, http):
    echo.hosts["a"].crash()
    body = b"y" * 1_000_000
    told = http.post(echo.url, data=body).json()
    assert (told["instance"], told["length"]) == ("b", len(body))


def test_nobody_left_is_503_with_the_reason(echo, http):
    for host in echo.hosts.values():
        host.crash()
    told = http.get(echo.url)
    assert told.status_code == 503
    assert told.headers["retry-after"] == "1"
    assert told.json()["reason"].startswith('No healthy backend in upstream "test": a=unhealthy (connection refused)')
    assert told.json()["definite"] is True


def test_a_post_that_was_sent_is_never_sent_twice(open_pool, http):
    apps = {name: Held() for name in "ab"}
    pool = open_pool(apps, retry="idempotent")
    asked = in_background(lambda: http.post(pool.url, data=b"pay"))
    assert apps["a"].entered.acquire(timeout=WAIT_S)
    pool.hosts["a"].crash()
    told = asked()
    apps["a"].go.set()
    assert told.status_code == 502
    assert told.json()["definite"] is False
    assert told.json()["reason"] == (
        "a took the request, then it reset the connection. "
        "It may have been done, so it was not sent to another backend (RFC 9110 section 9.2.2)."
    )
    assert apps["b"].seen == []
    (exchange,) = pool.ledger.since(0)[1]
    assert (exchange.status, exchange.backend, exchange.definite) == (502, "a", False)


def test_a_get_that_was_sent_is_repeated_only_if_switched_on(open_pool, http):
    for retry, status in (("unsent", 502), ("idempotent", 200)):
        apps = {name: Held() for name in "ab"}
        apps["b"].go.set()
        pool = open_pool(apps, retry=retry)
        asked = in_background(lambda pool=pool: http.get(pool.url))
        assert apps["a"].entered.acquire(timeout=WAIT_S)
        pool.hosts["a"].crash()
        assert asked().status_code == status
        apps["a"].go.set()
        assert apps["b"].seen == (["GET"] if status == 200 else [])


def test_a_stream_that_breaks_off_is_cut_not_ended(open_pool):
    gone = threading.Event()

    def broken(_environ, start_response):
        start_response("200 OK", [])
        yield b"first"
        gone.wait(WAIT_S)

    pool = open_pool({"a": broken})
    with connect(pool.balancer.port) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        while b"first" not in link.recv(65536):
            pass
        pool.hosts["a"].crash()
        gone.set()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    (exchange,) = pool.ledger.since(0)[1]
    assert exchange.error == "a took the request, then it reset the connection"
    assert exchange.status is None


def test_a_silent_backend_is_504(open_pool, http):
    app = Held()
    pool = open_pool({"a": app}, timeouts=Timeouts(answer_s=0.05))
    told = http.get(pool.url)
    app.go.set()
    assert told.status_code == 504
    assert told.json()["reason"] == "a did not answer within 0.05 s"
    assert told.json()["definite"] is False


def test_a_client_that_never_ends_its_head_is_let_go(open_pool):
    pool = open_pool({"a": echo_app("a")}, timeouts=Timeouts(head_s=0.05))
    with connect(pool.balancer.port) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: 1\r\n")
        assert answer(link)[0] == 408


def test_a_client_that_leaves_is_on_the_books(open_pool):
    app = Held()
    pool = open_pool({"a": app})
    link = connect(pool.balancer.port)
    link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    assert app.entered.acquire(timeout=WAIT_S)
    link.close()
    with pool.ledger.changed:
        assert pool.ledger.changed.wait_for(lambda: pool.ledger.counts().failed, WAIT_S)
    app.go.set()
    (exchange,) = pool.ledger.since(0)[1]
    assert (exchange.error, exchange.status) == ("the client left before its answer", None)


def test_an_answer_that_is_no_http_is_502(open_pool, http):
    listener = socket.create_server(("127.0.0.1", 0))
    pool = open_pool({"a": echo_app("a")})
    pool.balancer.find("a")[1].port = listener.getsockname()[1]

    def babble():
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(b"SSH-2.0-nonsense\r\n")
            link.recv(1)

    speaking = threading.Thread(target=babble)
    speaking.start()
    told = http.get(pool.url)
    assert told.status_code == 502
    assert "its answer is no HTTP/1.1" in told.json()["reason"]
    speaking.join(WAIT_S)
    listener.close()


def test_health_checks_take_a_backend_out_and_back(open_pool):
    noticed = []
    told = threading.Condition()

    def notice(name, sentence):
        with told:
            noticed.append(sentence)
            told.notify_all()

    pool = open_pool(
        {name: echo_app(name) for name in "ab"}, health=HealthCheck(interval_s=0.01, fall=2), noticed=notice
    )
    pool.hosts["a"].crash()
    with told:
        assert told.wait_for(lambda: len(noticed) == 1, WAIT_S)
    pool.hosts["a"].start()
    with told:
        assert told.wait_for(lambda: len(noticed) == 2, WAIT_S)
    assert noticed == ["The balancer takes a out: connection refused.", "The balancer finds a well again."]


def test_a_health_check_that_is_answered_badly_counts_as_failed(open_pool):
    def ill(_environ, start_response):
        start_response("500 Internal Server Error", [("Content-Length", "0")])
        return [b""]

    pool = open_pool({"a": ill}, health=HealthCheck(interval_s=3600, fall=1))
    assert not pool.balancer.check_now("a")
    assert "answered HTTP/1.1 500" in pool.status("a")
