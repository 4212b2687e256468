"""Clients that mean no good, or have no luck: the right status or a closed connection, and the others served on."""

import hashlib
import socket
import threading

import psutil
import pytest
import requests

from minisvc.balancer import Timeouts
from tests.minisvc.raw import answer, connect, read_all, say

WAIT_S = 10
MEGABYTE = 1 << 20


def digest_app(environ, start_response):
    """Reads the body in parts and answers its length and digest."""
    body, digest, length = environ["wsgi.input"], hashlib.sha256(), 0
    while part := body.read(65536):
        digest.update(part)
        length += len(part)
    text = f"{length} {digest.hexdigest()}".encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]


@pytest.fixture
def pool(open_pool):
    return open_pool(dict.fromkeys("ab", digest_app), timeouts=Timeouts(head_s=0.3, answer_s=5.0))


def still_serves(pool) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        return http.get(pool.url, timeout=WAIT_S).ok


def test_a_hundred_megabytes_go_through_in_bounded_memory(pool):
    part = bytes(range(256)) * 256
    count = 100 * MEGABYTE // len(part)
    before = psutil.Process().memory_info().rss
    most = 0

    def parts():
        nonlocal most
        for number in range(count):
            if number % 100 == 0:
                most = max(most, psutil.Process().memory_info().rss - before)
            yield part

    with requests.Session() as http:
        http.trust_env = False
        told = http.post(pool.url, data=parts(), timeout=60).text
    expected = hashlib.sha256()
    for _ in range(count):
        expected.update(part)
    assert told == f"{100 * MEGABYTE} {expected.hexdigest()}"
    assert most < 20 * MEGABYTE


def test_slow_heads_are_let_go_and_others_served_meanwhile(pool):
    slow = [connect(pool.balancer.port) for _ in range(50)]
    for link in slow:
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ")
    assert still_serves(pool)
    for link in slow:
        assert answer(link)[0] == 408
        link.close()
    assert still_serves(pool)


def test_silent_connections_are_let_go(pool):
    with connect(pool.balancer.port) as link:
        assert read_all(link) == b""


def test_a_body_that_stops_is_let_go(open_pool):
    pool = open_pool({"a": digest_app}, timeouts=Timeouts(answer_s=0.2))
    with connect(pool.balancer.port) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf")
        assert answer(link, "POST")[0] == 408
    assert still_serves(pool)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 1000,
        b"\xff\xfe\xfd" * 1000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G" * 100_000,
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1e3\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nzz\r\n\r\n",
    ],
    ids=lambda each: each[:24].decode("latin-1"),
)
def test_garbage_gets_a_4xx_and_a_closed_connection(pool, garbage):
    told = say(pool.balancer.port, garbage)
    assert told.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert b"\r\nconnection: close\r\n" in told.lower()
    assert still_serves(pool)


def test_clients_that_vanish_in_the_middle_leave_nothing(pool):
    for sent in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nhalf"):
        for _ in range(20):
            link = connect(pool.balancer.port)
            link.sendall(sent)
            link.close()
    assert still_serves(pool)
    gone = threading.Event()
    for _ in range(100):
        if not pool.balancer.call(lambda: len(pool.balancer.clients)):
            gone.set()
            break
        gone.wait(0.05)
    assert gone.is_set()
    assert all(backend.in_flight == 0 for backend in pool.balancer.upstreams[0].backends.values())


def test_a_client_that_resets_while_it_is_answered_hurts_nobody(open_pool):
    started = threading.Event()

    def endless(_environ, start_response):
        start_response("200 OK", [])
        while True:
            started.set()
            yield b"x" * 65536

    pool = open_pool({"a": endless, "b": digest_app})
    link = connect(pool.balancer.port)
    link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    assert started.wait(WAIT_S)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    with pool.ledger.changed:
        link.close()
        assert pool.ledger.changed.wait_for(lambda: pool.ledger.since(0)[1], WAIT_S)
    (exchange,) = pool.ledger.since(0)[1]
    assert exchange.error == "the client left before its answer"
    assert still_serves(pool)


def test_two_hundred_clients_at_once_are_all_answered(pool):
    answers = []

    def ask() -> None:
        with connect(pool.balancer.port) as link:
            link.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
            answers.append(answer(link, "POST")[0])

    threads = [threading.Thread(target=ask) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert answers == [200] * 200
    assert pool.ledger.counts().served == 200
