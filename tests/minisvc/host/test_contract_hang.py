"""What every host owes while it hangs, in a thread and in a process: not a byte is said, and nothing is forgotten."""

import select
import socket
import time

import pytest
import simple_websocket

from tests.minisvc.host import apps
from tests.minisvc.host.conftest import WAIT_S, ask, body, end_of
from tests.minisvc.raw import answer, connect

SILENCE_S = 0.1
"""How long nothing must be heard of a hung instance; one that does not hang answers in a thousandth."""


def silent(link: socket.socket) -> bool:
    return not select.select([link], [], [], SILENCE_S)[0]


def test_a_hung_instance_takes_connections_and_answers_when_it_resumes(host):
    with ask(host) as before:
        answer(before)
        host.hang()
        assert host.status == "hung"
        before.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with ask(host) as fresh, ask(host) as another:
            assert silent(before)
            assert silent(fresh)
            host.resume()
            assert [answer(link)[0] for link in (before, fresh, another)] == [200] * 3
    assert host.status == "up"


def test_a_handler_in_flight_does_not_answer_while_its_instance_hangs(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        host.hang()
        gate.go()
        assert silent(link)
        host.resume()
        assert answer(link)[2] == b"done"


def test_without_hanging_the_same_handler_answers_at_once(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        gate.go()
        assert not silent(link)


def test_a_refusal_of_the_server_hangs_too(host):
    host.hang()
    with connect(host.port) as link:
        link.sendall(b"nonsense\r\n\r\n")
        assert silent(link)
        host.resume()
        assert answer(link)[0] == 400


def test_a_websocket_hangs_too_and_ends_with_a_crash(make_host):
    host = make_host(apps.echoing)
    host.start()
    client = simple_websocket.Client(f"ws://127.0.0.1:{host.port}/echo")
    client.send("before")
    assert client.receive(WAIT_S) == "before"
    host.hang()
    client.send("while it hangs")
    assert client.receive(SILENCE_S) is None
    host.resume()
    assert client.receive(WAIT_S) == "while it hangs"
    host.crash()
    with pytest.raises(simple_websocket.ConnectionClosed):
        client.receive(WAIT_S)


def test_a_hung_instance_can_crash(host, gate):
    with ask(host, f"/wait?{gate.port}") as busy, ask(host) as idle:
        gate.entered()
        answer(idle)
        host.hang()
        gate.go()
        with ask(host) as fresh:
            host.crash()
            for link in (busy, idle, fresh):
                end_of(link)
    assert host.status == "down"
    host.start()
    assert body(host) == "ok"


def test_a_hung_instance_stops_at_once_for_it_can_finish_nothing(host):
    with ask(host) as link:
        answer(link)
        host.hang()
        link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        started_s = time.monotonic()
        host.stop(grace_s=30)
        assert time.monotonic() - started_s < 10
        end_of(link)
    assert host.status == "stopped"


def test_a_draining_instance_that_hung_drains_on(host):
    host.drain()
    host.hang()
    host.resume()
    assert host.status == "draining"


def test_what_a_hung_instance_is_told_counts_when_it_resumes(host):
    host.hang()
    assert host.tell("wake") is True
    host.resume()
    assert body(host, "/heard") == "wake"
