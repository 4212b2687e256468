"""One thread's wheel: sockets that are ready, actions that are due, and what other threads ask for."""

from __future__ import annotations

import heapq
import itertools
import select
import selectors
import socket
from collections import deque
from collections.abc import Callable

from minisvc.clock import Clock, monotonic

Action = Callable[[], object]
Ready = Callable[[int], object]
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
LONGEST_S = 3600.0
FINE_S = 0.002
"""The last of a wait is measured out in microseconds: epoll rounds up to milliseconds, which would make every request
of an open load late."""


class Reactor:
    """Runs in the thread that calls `run`. Only `call` may be used from another.

    Args:
        clock: what `at` is told by. A `FakeClock` needs a `call` after each advance, to be looked at.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self.clock = clock
        self._selector = selectors.DefaultSelector()
        self._soon: deque[Action] = deque()
        self._asked: deque[Action] = deque()
        self._due: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._over = False
        self._ears, self._mouth = socket.socketpair()
        self._ears.setblocking(False)
        self._mouth.setblocking(False)
        self._selector.register(self._ears, READ, self._hear)
        fileno = getattr(self._selector, "fileno", lambda: -1)()
        # select(2) takes no descriptor beyond this.
        self._fine = fileno if 0 <= fileno < 1024 else -1

    def watch(self, link: socket.socket, events: int, ready: Ready) -> None:
        """Call `ready(events)` whenever the socket can be read or written; replaces what was wanted before."""
        try:
            self._selector.modify(link, events, ready)
        except KeyError:
            self._selector.register(link, events, ready)

    def unwatch(self, link: socket.socket) -> None:
        """No more of this socket; to be called before it is closed."""
        self._selector.unregister(link)

    def soon(self, action: Action) -> None:
        """In the next turn, after the sockets."""
        self._soon.append(action)

    def at(self, when_s: float, action: Action) -> None:
        """When the clock shows `when_s`; what is overdue runs in the next turn."""
        heapq.heappush(self._due, (when_s, next(self._order), action))

    def call(self, action: Action) -> None:
        """From any thread: have it done in this reactor's."""
        self._asked.append(action)
        try:
            self._mouth.send(b"!")
        except OSError:
            # Full: it will wake anyway. Closed: nobody is left who could do it.
            return

    def stop(self) -> None:
        """Let `run` return after this turn."""
        self._over = True

    def run(self) -> None:
        """Turn until `stop`."""
        while not self._over:
            for key, events in self._wait():
                key.data(events)
            for _ in range(len(self._soon)):
                self._soon.popleft()()
            now_s = self.clock()
            while self._due and self._due[0][0] <= now_s:
                heapq.heappop(self._due)[2]()

    def close(self) -> None:
        """Let go of everything."""
        self._selector.close()
        self._ears.close()
        self._mouth.close()

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        if self._soon:
            return self._selector.select(0)
        wait_s = min(LONGEST_S, max(0.0, self._due[0][0] - self.clock())) if self._due else LONGEST_S
        if self._fine < 0:
            return self._selector.select(wait_s)
        if 0 < wait_s < FINE_S:
            select.select([self._fine], [], [], wait_s)
            return self._selector.select(0)
        return self._selector.select(max(0.0, wait_s - FINE_S / 2))

    def _hear(self, _events: int) -> None:
        try:
            while self._ears.recv(4096):
                continue
        except BlockingIOError:
            pass  # all heard
        while self._asked:
            self._asked.popleft()()
