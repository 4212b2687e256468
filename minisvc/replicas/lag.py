"""Copies that are sent a while after the answer: what is still here when the instance crashes is lost."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable

from minisvc.clock import monotonic
from minisvc.fence import Fence
from minisvc.keyvalue import StoreDown
from minisvc.replicas.messages import Copy, is_readable


class Lag:
    """A thread that sends each copy `lag_s` seconds after it was handed over, until the fence closes."""

    def __init__(self, fence: Fence, lag_s: float, send: Callable[[Copy], object]) -> None:
        self._lag_s, self._send = lag_s, send
        self._waiting: deque[tuple[float, Copy]] = deque()
        # The fence cuts sockets and nothing else, so the thread waits on one.
        self._bell, self._button = socket.socketpair()
        fence.admit(self._bell)
        threading.Thread(target=self._run, name=f"instance-{fence.name}-lag", daemon=True).start()

    def later(self, copy: Copy) -> None:
        """Send it when its time has come."""
        self._waiting.append((monotonic() + self._lag_s, copy))
        self._button.send(b"!")

    def _run(self) -> None:
        with self._bell, self._button:
            try:
                while self._wait():
                    while self._waiting and self._waiting[0][0] <= monotonic():
                        self._send(self._waiting.popleft()[1])
            except (StoreDown, OSError):
                # The instance has crashed: what waits is lost, as it would be with a process.
                return

    def _wait(self) -> bool:
        """Until the first is due or another comes; False: the fence has closed."""
        rest_s = max(0.0, self._waiting[0][0] - monotonic()) if self._waiting else None
        if is_readable(self._bell, rest_s):
            return bool(self._bell.recv(4096))
        return True
