"""The balancer on real sockets: what it carries, and what it refuses to carry."""

import hashlib
import json
import socket
import threading

import pytest
import requests

from tests.minisvc.balancer.apps import WAIT_S, echo_app
from tests.minisvc.raw import answer, connect, say


def test_requests_take_turns_and_say_who_answered(echo, http):
    answers = [http.get(echo.url) for _ in range(4)]
    assert [a.json()["instance"] for a in answers] == ["a", "b", "a", "b"]
    assert [a.headers["x-backend"] for a in answers] == ["a", "b", "a", "b"]


def test_hop_by_hop_fields_stay_behind_and_the_chain_is_told(echo):
    with connect(echo.balancer.port) as link:
        link.sendall(
            b"GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: x-secret, keep-alive\r\nX-Secret: 1\r\nTE: gzip\r\n"
            b"X-Kept: 2\r\nX-Forwarded-For: 192.0.2.1\r\nX-Request-ID: given-1\r\n\r\n"
        )
        _, fields, body = answer(link)
    seen = json.loads(body)["fields"]
    assert "x-secret" not in seen
    assert "te" not in seen
    assert seen["x-kept"] == "2"
    assert seen["host"] == "shop.test"
    assert seen["x-forwarded-for"] == "192.0.2.1, 127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["via"] == "1.1 statewise"
    assert seen["x-request-id"] == fields["x-request-id"] == "given-1"


def test_an_unfit_request_id_is_replaced(echo, http):
    told = http.get(echo.url, headers={"X-Request-ID": "no spaces, please"})
    assert len(told.headers["x-request-id"]) == 16


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_bodies_arrive_whole_however_they_are_framed(echo, http, size):
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    digest = hashlib.sha256(body).hexdigest()
    whole = http.post(echo.url, data=body).json()
    chunked = http.post(echo.url, data=iter([body[: size // 2], body[size // 2 :]]) if size > 1 else body).json()
    assert (whole["length"], whole["digest"]) == (size, digest)
    assert (chunked["length"], chunked["digest"]) == (size, digest)


def test_a_long_stream_is_carried_whole(echo, http):
    assert len(http.get(f"{echo.url}/stream/100").content) == 100 * 65536


def test_a_slow_reader_makes_the_backend_wait_not_the_memory_grow(open_pool):
    written = []

    def endless(_environ, start_response):
        start_response("200 OK", [])
        for number in range(2000):
            written.append(number)
            yield b"x" * 65536

    pool = open_pool({"a": endless})
    with connect(pool.balancer.port) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        link.recv(1)
        settled = -1
        stalled = threading.Event()
        while settled != len(written):
            settled = len(written)
            stalled.wait(0.2)
        assert 0 < len(written) < 1000


@pytest.mark.parametrize("code", [204, 304])
def test_answers_without_a_body_keep_the_connection(echo, code):
    with connect(echo.balancer.port) as link:
        link.sendall(f"GET /status/{code} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        assert answer(link)[0] == code
        link.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer(link)[0] == 200


def test_head_keeps_the_length_and_the_connection(echo):
    with connect(echo.balancer.port) as link:
        for _ in range(3):
            link.sendall(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
            status, fields, body = answer(link, "HEAD")
            assert (status, body) == (200, b"")
            assert int(fields["content-length"]) > 0


def test_pipelined_requests_are_answered_in_order(echo):
    with connect(echo.balancer.port) as link:
        link.sendall(b"".join(b"GET / HTTP/1.1\r\nHost: h\r\nX-Request-ID: %d\r\n\r\n" % n for n in range(5)))
        assert [answer(link)[1]["x-request-id"] for _ in range(5)] == ["0", "1", "2", "3", "4"]


def test_pipelined_bodies_are_not_mixed(echo):
    with connect(echo.balancer.port) as link:
        link.sendall(
            b"".join(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%b" % (n, b"x" * n) for n in (5, 0, 9))
        )
        assert [json.loads(answer(link, "POST")[2])["length"] for _ in range(3)] == [5, 0, 9]


def test_an_old_client_gets_an_unchunked_stream_and_a_close(echo):
    told = say(echo.balancer.port, b"GET /stream/2 HTTP/1.0\r\n\r\n")
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert b"connection: close" in head.lower()
    assert len(body) == 2 * 65536


def test_expect_100_continue_is_answered(echo):
    with connect(echo.balancer.port) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert link.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        link.sendall(b"ok")
        assert json.loads(answer(link, "POST")[2])["length"] == 2


def test_a_bound_client_stays_with_its_backend(open_pool, http):
    pool = open_pool({name: echo_app(name) for name in "abc"}, affinity="cookie")
    first = http.get(pool.url)
    assert "HttpOnly" in first.headers["set-cookie"]
    assert {http.get(pool.url).json()["instance"] for _ in range(5)} == {first.json()["instance"]}


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            b"",
        ),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, b""),
        (b"GET / HTTP/1.1\r\n\r\n", 400, b"exactly one Host field"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400, b"exactly one Host field"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400, b""),
        (b"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400, b""),
        (b"\x16\x03\x01\x02\x00\x01garbage", 400, b"not an HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * 10_000 + b"\r\n", 431, b"more than 100 fields"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", 431, b"32768 bytes"),
    ],
)
def test_what_could_be_read_in_two_ways_never_reaches_a_backend(echo, sent, status, reason):
    told = say(echo.balancer.port, sent)
    assert told.startswith(b"HTTP/1.1 %d " % status)
    assert reason in told
    assert echo.ledger.counts().by_backend == {}
    with requests.Session() as http:
        assert http.get(echo.url).status_code == 200


def test_bytes_on_the_wire_are_counted_both_ways(echo):
    sent = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
    received = say(echo.balancer.port, sent)
    (exchange,) = echo.ledger.since(0)[1]
    assert exchange.bytes_up == len(sent)
    assert exchange.bytes_down == len(received)


def test_server_sent_events_arrive_one_by_one(open_pool):
    heard = [threading.Event() for _ in range(3)]

    def events(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        for number in range(3):
            yield f"data: {number}\n\n".encode()
            # The next one is not sent before the client has this one: nothing may hold it back.
            heard[number].wait(WAIT_S)

    pool = open_pool({"a": events})
    with requests.Session() as http:
        http.trust_env = False
        stream = http.get(pool.url, stream=True, timeout=WAIT_S)
        lines = stream.iter_lines(chunk_size=1)
        for number in range(3):
            assert next(lines) == f"data: {number}".encode()
            assert next(lines) == b""
            heard[number].set()
