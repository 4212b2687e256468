"""The fence around an instance: once closed, nothing that runs inside can reach the outside again.

A crashed process cannot write to its database. A crashed *thread* can, so an instance's links to its
stores go through a fence, which is closed before anything else dies.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Protocol


class Link(Protocol):
    """What can be cut: a socket, or what behaves like one."""

    def fileno(self) -> int:
        """-1 once it is closed."""

    def shutdown(self, how: int, /) -> None:
        """End it, whoever uses it just now."""

    def close(self) -> None:
        """Let go of it."""


class Fence:
    """Open until `close`. Links admitted before that are cut by it; none is admitted after."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._lock = threading.Lock()
        self._open = True
        self._links: set[Link] = set()

    @property
    def is_open(self) -> bool:
        """Whether the instance may still act on the world."""
        return self._open

    def admit(self, link: Link) -> None:
        """Let `link` live as long as the fence is open.

        Raises:
            ConnectionAbortedError: the fence is closed; `link` is closed too.
        """
        with self._lock:
            if self._open:
                # Forget links that were closed in the meantime, so that the set stays small.
                self._links = {each for each in self._links if each.fileno() != -1}
                self._links.add(link)
                return
        link.close()
        raise ConnectionAbortedError(f'instance "{self.name}" has crashed: its links are cut')

    def close(self) -> None:
        """Cut every link at once. Closing twice changes nothing."""
        with self._lock:
            self._open = False
            links, self._links = self._links, set()
        for link in links:
            # Already gone is as good as cut.
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
