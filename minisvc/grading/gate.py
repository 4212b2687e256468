"""A gate on an instance's way to its store: commands are counted there, so that a check can stop it between two."""

from __future__ import annotations

import concurrent.futures
import contextlib
import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from minisvc.sockets import close_listener, give_up_sending, listen
from minisvc.stores.link import through

T = TypeVar("T")
GREETINGS = frozenset({"AUTH", "CLIENT", "HELLO", "SELECT"})
"""What a client says of itself when it connects: let through, and not counted."""
STOPPED_WITHIN_S = 10.0
MOST_BYTES = 65_536


class Gate:
    """Stands between one instance and a Redis. Commands pass one at a time, each when the one before was answered.

    Attributes:
        passed: the names of the commands that passed since the last `begin`, such as ["GET", "SET"].
    """

    def __init__(self, url: str) -> None:
        self._far = (urlsplit(url).hostname, urlsplit(url).port)
        self._listener = listen(0)
        self.url = through(url, self._listener.getsockname()[1])
        self.passed: list[str] = []
        self._changed = threading.Condition()
        self._more: int | None = None
        self._waiting = 0
        self._ways: dict[_Way, threading.Thread] = {}
        self._asking = concurrent.futures.ThreadPoolExecutor(1, "gate-asking")
        self._acceptor = threading.Thread(target=self._accept, name="gate", daemon=True)
        self._acceptor.start()

    def begin(self, ask: Callable[[], T], after: int) -> concurrent.futures.Future[T]:
        """Let somebody ask the instance, and stop it after so many commands: the next one waits.

        Returns when one waits (what comes back is not done), or when the answer came without (it is done).
        """
        with self._changed:
            self._more, self.passed = after, []
        asked = self._asking.submit(ask)
        asked.add_done_callback(self._stir)
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or asked.done(), STOPPED_WITHIN_S)
        return asked

    def open(self) -> None:
        """What waits passes, and all that comes."""
        with self._changed:
            self._more = None
            self._changed.notify_all()

    def cut(self) -> None:
        """What waits never passes: its connection ends, as all do that are open. New ones pass."""
        with self._changed:
            self._more = None
            for way in self._ways:
                way.end()
            self._changed.notify_all()

    def close(self) -> None:
        """End all connections and take none any more."""
        close_listener(self._listener)
        self._acceptor.join()
        self.cut()
        for thread in list(self._ways.values()):
            thread.join()
        self._asking.shutdown()

    def _stir(self, _asked: object) -> None:
        with self._changed:
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed: that is its end
            try:
                way = _Way(near, socket.create_connection(self._far))
                way.hurry()
            except OSError:
                near.close()  # the store is down, and so it looks from here
                continue
            thread = threading.Thread(target=self._carry, args=(way,), name="gate-way", daemon=True)
            with self._changed:
                self._ways[way] = thread
            thread.start()

    def _carry(self, way: _Way) -> None:
        with contextlib.suppress(OSError, ValueError):  # one of the two has left, or speaks another language
            way.carry(self._passes)
        with self._changed:
            way.end()
            way.near.close()
            way.far.close()

    def _passes(self, way: _Way, name: str) -> bool:
        """Wait for the turn of a command; returns False if it never comes."""
        if name in GREETINGS:
            return True
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: way.ended or self._more != 0)
            self._waiting -= 1
            if way.ended:
                return False
            self._more = None if self._more is None else self._more - 1
            self.passed.append(name)
            return True


@dataclass(eq=False, slots=True)
class _Way:
    """One connection of the instance, and that to the store which belongs to it."""

    near: socket.socket
    far: socket.socket
    ended: bool = False

    def hurry(self) -> None:
        """Send at once: commands of a pipeline would wait for acknowledgements that come late (RFC 1122, 4.2.3.2)."""
        for link in (self.near, self.far):
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def end(self) -> None:
        """Wake its thread, which then closes it."""
        self.ended = True
        give_up_sending(self.near)
        give_up_sending(self.far)

    def carry(self, passes: Callable[[_Way, str], bool]) -> None:
        """Carry commands and replies until one side leaves, or a command does not pass."""
        commands, rest, answered = deque[bytes](), b"", True
        while True:
            if commands and answered:
                answered = False
                if not passes(self, _name(commands[0])):
                    return
                self.far.sendall(commands.popleft())
            for link in select.select([self.near, self.far], [], [])[0]:
                part = link.recv(MOST_BYTES)
                if not part:
                    return
                if link is self.far:
                    answered = True
                    self.near.sendall(part)
                else:
                    whole, rest = _split(rest + part)
                    commands += whole


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole commands in some bytes, and what is left over (Redis serialization protocol, "Sending commands")."""
    found, start = list[bytes](), 0
    while (end := _end(data, start)) is not None:
        found.append(data[start:end])
        start = end
    return found, data[start:]


def _end(data: bytes, at: int) -> int | None:
    """Where the command that begins there ends: an array of bulk strings; None if it is not all there."""
    strings, at = _number(data, at)
    for _ in range(strings):
        length, at = _number(data, at)
        at += length + 2
        if at > len(data):
            return None
    return at if strings else None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number of a line such as b"*3\\r\\n" or b"$4\\r\\n", and where the next line begins; (0, ...) for no line."""
    line = data.find(b"\r\n", at)
    return (int(data[at + 1 : line]), line + 2) if line >= 0 else (0, len(data) + 1)


def _name(command: bytes) -> str:
    """Such as "GET"."""
    return command.split(b"\r\n", 3)[2].decode(errors="replace").upper()
