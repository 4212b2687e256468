"""The fence around an instance: once closed, nothing that runs inside can reach the outside again.

A crashed process cannot write to its database. A crashed *thread* can, so an instance's links to its
stores go through a fence, which is closed before anything else dies.
"""

from __future__ import annotations

import contextlib
import socket
import threading


class Fence:
    """Open until `close`. Sockets admitted before that are cut by it; none is admitted after."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._lock = threading.Lock()
        self._open = True
        self._links: set[socket.socket] = set()

    @property
    def is_open(self) -> bool:
        """Whether the instance may still act on the world."""
        return self._open

    def admit(self, link: socket.socket) -> None:
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
