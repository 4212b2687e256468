"""A listener whose connections get a thread each, until its fence closes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from minisvc.fence import Fence
from minisvc.sockets import listen


class Door:
    """Open from the start; closing the fence closes it and everything that came through it.

    Attributes:
        port: on loopback.
    """

    def __init__(self, fence: Fence, serve: Callable[[socket.socket], None], name: str) -> None:
        self._fence, self._serve, self._name = fence, serve, name
        self._listener = listen(0)
        self.port: int = self._listener.getsockname()[1]
        fence.admit(self._listener)
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def join(self) -> None:
        """Wait for its threads, once the fence is closed."""
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        self._threads = [each for each in self._threads if each.is_alive()]
        thread = threading.Thread(target=target, args=args, name=self._name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with self._listener:
            while True:
                try:
                    link, _ = self._listener.accept()
                    self._fence.admit(link)
                except OSError:
                    # The fence closed: that is how it ends.
                    return
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._start(self._answer, link)

    def _answer(self, link: socket.socket) -> None:
        with link:
            try:
                self._serve(link)
            except OSError:
                # The other side has gone, or the fence closed: nobody is there to be told.
                return
