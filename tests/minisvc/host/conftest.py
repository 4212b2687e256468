"""Hosts of both kinds, and a gate at which a handler can be held, in whatever process it runs."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from minisvc.host import Host, ProcessHost, ThreadHost
from minisvc.sockets import listen
from tests.minisvc.host import apps
from tests.minisvc.raw import Link, answer, connect

WAIT_S = 10
HOSTS = {"thread": ThreadHost, "process": ProcessHost}

MakeHost = Callable[..., Host]


class Gate:
    """A handler that comes here waits until it is let go."""

    def __init__(self) -> None:
        self._listener = listen(0)
        self._listener.settimeout(WAIT_S)
        self.port = self._listener.getsockname()[1]
        self._inside: socket.socket | None = None

    def entered(self) -> None:
        """Wait until a handler has come."""
        self._inside, _ = self._listener.accept()
        self._inside.settimeout(WAIT_S)

    def go(self) -> None:
        """Let it through."""
        assert self._inside is not None
        self._inside.send(b"!")

    def left(self) -> None:
        """Wait until it has gone on, or is dead."""
        assert self._inside is not None
        try:
            assert self._inside.recv(1) == b""
        except ConnectionResetError:
            return

    def close(self) -> None:
        self._listener.close()
        if self._inside:
            self._inside.close()


@pytest.fixture(params=["thread", "process"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def make_host(kind) -> Iterator[MakeHost]:
    with ExitStack() as undo:

        def made(factory=apps.plain) -> Host:
            host = HOSTS[kind]("a", factory)
            undo.callback(host.stop, grace_s=0.1)
            return host

        yield made


@pytest.fixture
def host(make_host) -> Host:
    host = make_host()
    host.start()
    return host


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.close()


def handlers_over() -> None:
    """Wait until no handler of an instance in a thread runs; one in a process that is dead runs no more anyway."""
    for thread in threading.enumerate():
        if thread.name == "instance-a-connection":
            thread.join(WAIT_S)
            assert not thread.is_alive()


def ask(host: Host, path: str = "/") -> Link:
    link = connect(host.port)
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return link


def end_of(link: socket.socket) -> str:
    """How a connection ended on which nothing more was said: "reset" or "end of file"."""
    try:
        assert link.recv(1) == b""
    except ConnectionResetError:
        return "reset"
    return "end of file"


def body(host, path: str = "/") -> str:
    with ask(host, path) as link:
        return answer(link)[2].decode()
