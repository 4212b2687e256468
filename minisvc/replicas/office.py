"""Where other members ask: one question after the other on each connection."""

from __future__ import annotations

import socket
from collections.abc import Callable

from minisvc.fence import Fence
from minisvc.keyvalue import StoreDown
from minisvc.replicas.door import Door
from minisvc.replicas.messages import Ask, Told, receive, send


class Office:
    """Answers until the instance's fence closes.

    Attributes:
        port: where it listens.
    """

    def __init__(self, fence: Fence, answer: Callable[[Ask], Told]) -> None:
        self._answer = answer
        self.port = Door(fence, self._serve, f"instance-{fence.name}-copies").port

    def _serve(self, link: socket.socket) -> None:
        while True:
            ask = receive(link, Ask)
            try:
                told = self._answer(ask)
            except StoreDown as error:
                # This instance is about to go: to close is what the other side understands.
                raise ConnectionAbortedError(str(error)) from error
            send(link, told)
