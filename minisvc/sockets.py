"""Listening on loopback, and ending connections as a dead process would."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct

from minisvc.errors import PortTaken

LOOPBACK = "127.0.0.1"
_NO_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER with zero seconds: close sends a reset and drops what was not yet sent (socket(7))."""


def listen(port: int) -> socket.socket:
    """A listening socket on loopback (0: any free port).

    Raises:
        PortTaken: another program listens there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # The same port again at once after a crash, despite connections in TIME_WAIT.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken(LOOPBACK, port) from error
        raise
    return listener


def held_port() -> socket.socket:
    """A socket on a free loopback port that is bound and does not listen: connections there are refused, and
    nobody else can listen there.
    """
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.bind((LOOPBACK, 0))
    return holder


def close_listener(listener: socket.socket) -> None:
    """Close it so that a thread waiting in `accept` wakes: `close` alone does not."""
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def reset(link: socket.socket) -> None:
    """End a connection with a reset, as the kernel does for a process that died with unread data.

    The reset leaves when no thread is in a call on the socket any more; one that waits in `recv` is woken.
    """
    reset_on_close(link)
    wake(link)
    link.close()


def reset_on_close(link: socket.socket) -> None:
    """Whoever closes it, be it the kernel at its process's end, closes it with a reset."""
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


def wake(link: socket.socket) -> None:
    """Wake a thread that waits in `recv`, for closing alone does not; the kind of end is left to its own close."""
    with contextlib.suppress(OSError):
        # The reading side alone: shutting the other would send an orderly end, even where a reset is due.
        link.shutdown(socket.SHUT_RD)


def give_up_sending(link: socket.socket) -> None:
    """Wake a thread that waits in `send` for a peer that does not read."""
    with contextlib.suppress(OSError):
        # The orderly end queues up behind what cannot be sent, and the reset drops both.
        link.shutdown(socket.SHUT_RDWR)
