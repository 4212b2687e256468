"""A port that belongs to one instance or store for life, also while nobody listens on it."""

from __future__ import annotations

import socket
import sys
import weakref

from minisvc.sockets import LOOPBACK, listen


class KeptPort:
    """Gives out a listener on the same port again and again.

    Between two lives of an instance the kernel might give its port to any connection that begins then. So a
    socket that is bound but does not listen holds it: connections to it are refused, as they are to a dead
    process. Linux lets such a socket and a listener share a port; elsewhere nothing is held.

    Attributes:
        number: the port; 0 until the first `listen` or `hold`.
    """

    def __init__(self) -> None:
        self.number = 0

    def listen(self) -> socket.socket:
        """A listening socket on loopback, which is the caller's to close.

        Raises:
            PortTaken: somebody else listens there.
        """
        if not self.number and sys.platform == "linux":
            self.hold()
        listener = listen(self.number)
        self.number = listener.getsockname()[1]
        return listener

    def hold(self) -> int:
        """Choose the port, and hold it for a program that will listen there by itself (with SO_REUSEADDR)."""
        if self.number:
            return self.number
        # Before any listener: a port on which one listens can be bound by nobody else.
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        weakref.finalize(self, holder.close)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, 0))
        self.number = int(holder.getsockname()[1])
        if sys.platform != "linux":
            holder.close()
        return self.number
