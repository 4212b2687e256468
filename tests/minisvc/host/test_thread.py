"""What a host owes: start, stop, drain, crash and restart on the same port."""

import socket
import threading
import time
from pathlib import Path

import pytest

from minisvc.errors import PortTaken, WrongStatus
from minisvc.fence import Fence
from minisvc.host import ThreadHost
from minisvc.sockets import listen
from tests.minisvc.raw import answer, connect, read_all

WAIT_S = 10


class Gate:
    """An app whose handlers wait inside until they are let go, and then leave a mark."""

    def __init__(self) -> None:
        self.entered, self.go = threading.Event(), threading.Event()
        self.ended = threading.Event()
        self.marks: list[str] = []

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            self.entered.set()
            try:
                self.go.wait(WAIT_S)
                self.marks.append("done")
            finally:
                self.ended.set()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def host(gate):
    host = ThreadHost("a", lambda _name, _fence: gate)
    host.start()
    yield host
    gate.go.set()
    host.stop()


def ask(host: ThreadHost, path: str = "/") -> socket.socket:
    link = connect(host.port)
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return link


def test_it_answers(host):
    with ask(host) as link:
        status, fields, body = answer(link)
    assert (status, body, fields["content-length"]) == (200, b"ok", "2")


def test_it_listens_on_loopback_alone(host):
    assert host._life._listener.getsockname()[0] == "127.0.0.1"


def test_a_crash_resets_the_connection_of_a_waiting_client(host, gate):
    with ask(host, "/wait") as link:
        assert gate.entered.wait(WAIT_S)
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)


def test_a_crash_resets_idle_connections_and_refuses_new_ones(host):
    with ask(host) as link:
        answer(link)
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect(host.port)
    assert host.status == "down"


def test_a_handler_in_flight_changes_nothing_after_a_crash(host, gate):
    with ask(host, "/wait"):
        assert gate.entered.wait(WAIT_S)
        host.crash()
        gate.go.set()
        assert gate.ended.wait(WAIT_S)
    assert gate.marks == []


def test_a_crash_closes_the_fence_before_it_resets_connections(gate):
    order = []

    class Watched(Fence):
        def close(self) -> None:
            order.append("fence")
            super().close()

    fences = []
    host = ThreadHost("a", lambda _name, fence: fences.append(fence) or gate)
    host.start()
    host._life.fence.__class__ = Watched
    with ask(host) as link:
        answer(link)
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
        order.append("reset")
    assert order == ["fence", "reset"]
    assert not fences[0].is_open


def test_it_restarts_on_the_same_port_with_a_fresh_app():
    apps = []

    def fresh(_name, _fence):
        apps.append(Gate())
        return apps[-1]

    host = ThreadHost("a", fresh)
    host.start()
    port = host.port
    host.crash()
    host.start()
    with ask(host) as link:
        assert answer(link)[0] == 200
    host.stop()
    assert (host.port, len(apps)) == (port, 2)


def test_draining_finishes_in_flight_requests_and_accepts_no_new_ones(host, gate):
    with ask(host, "/wait") as link:
        assert gate.entered.wait(WAIT_S)
        host.drain()
        with pytest.raises(ConnectionRefusedError):
            connect(host.port)
        gate.go.set()
        status, fields, body = answer(link)
    assert (status, body, fields["connection"]) == (200, b"ok", "close")
    assert gate.marks == ["done"]


def test_stopping_waits_for_requests_in_flight(host, gate):
    with ask(host, "/wait") as link:
        assert gate.entered.wait(WAIT_S)
        stopping = threading.Thread(target=host.stop)
        stopping.start()
        gate.go.set()
        assert answer(link)[0] == 200
        stopping.join(WAIT_S)
    assert host.status == "stopped"


def test_stopping_gives_up_on_a_request_after_its_grace(host, gate):
    with ask(host, "/wait") as link:
        assert gate.entered.wait(WAIT_S)
        host.stop(grace_s=0.01)
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    assert host.status == "stopped"


@pytest.mark.parametrize("command", ["crash", "drain"])
def test_a_command_to_an_instance_that_is_down_says_so(command):
    host = ThreadHost("a", lambda *_: Gate())
    host.start()
    host.crash()
    with pytest.raises(WrongStatus) as caught:
        getattr(host, command)()
    assert str(caught.value) == f'Cannot {command} instance "a": it is down.\n  Start it first: restart("a").'


def test_starting_twice_is_refused(host):
    with pytest.raises(WrongStatus, match='Cannot start instance "a": it is up'):
        host.start()


def test_a_port_taken_meanwhile_is_named(host):
    host.crash()
    with listen(host.port), pytest.raises(PortTaken, match=f"Port {host.port} on 127.0.0.1 is taken"):
        host.start()


def test_a_failing_factory_frees_the_port():
    def broken(_name, _fence):
        raise RuntimeError("no app")

    host = ThreadHost("a", broken)
    with pytest.raises(RuntimeError, match="no app"):
        host.start()
    listen(host.port).close()


def test_an_exception_of_a_server_thread_is_raised_at_stop():
    def broken(_environ, _start_response):
        raise ZeroDivisionError("in the app")

    host = ThreadHost("a", lambda *_: broken)
    host.start()
    with ask(host) as link:
        assert link.recv(1) == b""
    with pytest.raises(BaseExceptionGroup, match='instance "a" had errors') as caught:
        host.stop()
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)


def test_many_crashes_leak_no_thread_port_or_descriptor(host):
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def cycle() -> None:
        with ask(host) as link:
            answer(link)
            host.crash()
        host.start()

    cycle()
    threads, descriptors = threading.active_count(), opened()
    for _ in range(200):
        cycle()
    deadline = time.monotonic() + WAIT_S
    for thread in threading.enumerate():
        if thread.name.startswith("service-a-connection"):
            thread.join(deadline - time.monotonic())
    assert threading.active_count() <= threads
    assert opened() <= descriptors


def test_a_crash_resets_a_client_that_does_not_read_its_answer():
    filled = threading.Event()

    def endless(_environ, start_response):
        start_response("200 OK", [])
        while True:
            yield b"x" * 65536
            filled.set()

    host = ThreadHost("a", lambda *_: endless)
    host.start()
    with ask(host) as link:
        assert filled.wait(WAIT_S)
        host.crash()
        with pytest.raises(ConnectionResetError):
            read_all(link)
    assert host.status == "down"


def test_a_crash_resets_a_client_in_the_middle_of_its_request():
    reading = threading.Event()

    def reader(environ, start_response):
        reading.set()
        environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [b"never"]

    host = ThreadHost("a", lambda *_: reader)
    host.start()
    with connect(host.port) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
        assert reading.wait(WAIT_S)
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
