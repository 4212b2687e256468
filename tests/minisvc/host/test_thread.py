"""What is particular to instances in threads: clients see resets, and thousands of lives leave nothing."""

import select
import threading
from pathlib import Path

import pytest

from minisvc.fence import Fence
from minisvc.host import ThreadHost
from tests.minisvc.host import apps
from tests.minisvc.host.conftest import WAIT_S, ask, handlers_over
from tests.minisvc.raw import answer, connect, read_all

LIVES = 1000


@pytest.fixture
def kind() -> str:
    return "thread"


def test_it_listens_on_loopback_alone(host):
    assert host._life._listener.getsockname()[0] == "127.0.0.1"


def test_a_crash_resets_waiting_and_idle_clients(host, gate):
    with ask(host, f"/wait?{gate.port}") as waiting, ask(host) as idle:
        gate.entered()
        answer(idle)
        host.crash()
        for link in (waiting, idle):
            with pytest.raises(ConnectionResetError):
                link.recv(1)


def test_a_crash_resets_a_client_that_does_not_read_its_answer(host):
    with ask(host, "/endless") as link:
        assert select.select([link], [], [], WAIT_S)[0]
        host.crash()
        with pytest.raises(ConnectionResetError):
            read_all(link)


def test_a_crash_resets_a_client_in_the_middle_of_its_request(host, gate):
    with connect(host.port) as link:
        link.sendall(b"POST /read?%d HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf" % gate.port)
        gate.entered()
        gate.go()
        gate.left()
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)


def test_a_handler_in_flight_does_nothing_more_after_a_crash(gate):
    marks = []

    class Marking(apps.Plain):
        def wait(self, environ):
            said = super().wait(environ)
            marks.append(said)
            return said

    host = ThreadHost("a", lambda name, _fence: Marking(name))
    host.start()
    with ask(host, f"/wait?{gate.port}"):
        gate.entered()
        host.crash()
        gate.go()
        handlers_over()
    assert marks == []


def test_what_ends_between_fence_and_reset_is_not_answered(gate):
    host = ThreadHost("a", apps.plain)
    host.start()
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        host._life.fence.close()
        gate.go()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    host.crash()


def test_a_crash_closes_the_fence_before_it_resets_connections():
    order = []

    class Watched(Fence):
        def close(self) -> None:
            order.append("fence")
            super().close()

    host = ThreadHost("a", apps.plain)
    host.start()
    host._life.fence.__class__ = Watched
    with ask(host) as link:
        answer(link)
        host.crash()
        with pytest.raises(ConnectionResetError):
            link.recv(1)
        order.append("reset")
    assert order == ["fence", "reset"]


def test_it_has_no_memory_of_its_own(host):
    assert host.memory_bytes() is None


@pytest.mark.parametrize("also_hang", [False, True])
def test_a_thousand_lives_leak_no_thread_port_or_descriptor(host, also_hang):
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def live_and_die() -> None:
        with ask(host) as link:
            answer(link)
            if also_hang:
                host.hang()
                link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            host.crash()
        host.start()

    live_and_die()
    port, threads, descriptors = host.port, threading.active_count(), opened()
    for _ in range(LIVES):
        live_and_die()
    for thread in threading.enumerate():
        if thread.name == "instance-a-connection":
            thread.join(WAIT_S)
    assert threading.active_count() <= threads
    assert opened() <= descriptors
    assert host.port == port
