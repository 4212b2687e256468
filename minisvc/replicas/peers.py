"""Asking other members, over connections that are kept."""

from __future__ import annotations

import socket
import threading

from minisvc.fence import Fence
from minisvc.replicas.messages import Ask, Told, receive, send
from minisvc.sockets import LOOPBACK

WAIT_S = 0.5
"""Whoever does not answer for so long about what it holds itself counts as gone."""


class Peers:
    """Connections through one instance's fence: each is used for one question at a time. Safe from any thread."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self._lock = threading.Lock()
        self._idle: dict[int, list[socket.socket]] = {}

    def ask(self, port: int, ask: Ask, within_s: float = WAIT_S) -> Told | None:
        """The member's answer; None if there is none within that time, or nobody is there."""
        link: socket.socket | None = None
        try:
            link = self._idle_to(port) or self._connect(port)
            link.settimeout(within_s)
            send(link, ask)
            told = receive(link, Told)
        except OSError:
            # A member that has crashed and come back listens elsewhere, so an old connection is no reason to ask twice.
            if link:
                link.close()
            return None
        with self._lock:
            self._idle.setdefault(port, []).append(link)
        return told

    def forget(self, ports: set[int]) -> None:
        """Close what leads to others than these."""
        with self._lock:
            gone = [link for port, links in self._idle.items() if port not in ports for link in links]
            self._idle = {port: links for port, links in self._idle.items() if port in ports}
        for link in gone:
            link.close()

    def _idle_to(self, port: int) -> socket.socket | None:
        with self._lock:
            links = self._idle.get(port)
            return links.pop() if links else None

    def _connect(self, port: int) -> socket.socket:
        link = socket.create_connection((LOOPBACK, port), WAIT_S)
        self._fence.admit(link)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link
