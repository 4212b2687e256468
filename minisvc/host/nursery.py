"""A small process from which instances' processes are forked: 2 ms each, where a fresh interpreter takes 200.

It has imported what instances need, runs no thread (a fork of a process with threads may inherit a held lock)
and knows nothing of the program that uses it: a notebook, a test or `python -c` is never imported again.

One nursery serves a whole program and stays warm for it. It leads a session of its own, with all instances in
its process group, so that no Ctrl-C and no kernel's interrupt reaches them; and when the program ends, however
it ends, the link to it closes and the nursery kills the group, itself included.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from minisvc.host.child import live

# Preloaded for those who are born here.
from minisvc.host.recipe import Recipe

__all__ = ["Recipe", "bear", "main"]

ENDED_WITHIN_S = 5.0
LONGEST_MESSAGE = 4096
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from minisvc.host.nursery import main; main(int(sys.argv[1]))"


class Nursery:
    """The nursery as its owner sees it."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter, with code of ours
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), *paths()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        # A weak finalizer runs once: on close, or at the interpreter's exit.
        self._finalizer = weakref.finalize(self, _end, self._link, self._process)

    @property
    def is_open(self) -> bool:
        """Whether it can bear."""
        return self._finalizer.alive and self._process.poll() is None

    def bear(self, listener: socket.socket, control: Connection, modules: Sequence[str]) -> None:
        """Let a process be born with these two, once those modules are imported.

        Raises:
            OSError: the nursery has died.
        """
        message = " ".join(("+", *modules)).encode()
        socket.send_fds(self._link, [message], [listener.fileno(), control.fileno()])

    def close(self) -> None:
        """End it, and every process that was born in it. Closing twice changes nothing."""
        self._finalizer()

    def disown(self) -> None:
        """Leave it to the process from which this one was forked."""
        self._finalizer.detach()
        self._link.close()


def _end(link: socket.socket, process: subprocess.Popen[bytes]) -> None:
    link.close()
    process.wait(ENDED_WITHIN_S)


_lock = threading.Lock()
_nursery: Nursery | None = None


def bear(listener: socket.socket, control: Connection, modules: Sequence[str] = ()) -> None:
    """Fork a process that serves on `listener` as it is told over `control`; both stay the caller's to close.

    `modules` are those of ours that it will need: imported once, in the nursery, they are there in all that follow.
    """
    global _nursery  # noqa: PLW0603  # one for the whole program
    with _lock:
        if _nursery is not None and not _nursery.is_open:
            _nursery.close()
            _nursery = None
        if _nursery is None:
            _nursery = Nursery()
        try:
            _nursery.bear(listener, control, modules)
        except BrokenPipeError:
            # Somebody killed it just now.
            _nursery.close()
            _nursery = Nursery()
            _nursery.bear(listener, control, modules)


def _forget() -> None:
    """In a fork of this program (multiprocessing, say): its nursery belongs to the original."""
    global _nursery, _lock  # noqa: PLW0603  # as above; the lock may have been held
    _lock = threading.Lock()
    if _nursery is not None:
        _nursery.disown()
        _nursery = None


os.register_at_fork(after_in_child=_forget)


def paths() -> list[str]:
    """`sys.path` as another process understands it: "" means where this one stands."""
    return [path or str(Path.cwd()) for path in sys.path]


def main(number: int) -> None:
    """Be a nursery, whose owner is at the other end of the socket with that file descriptor."""
    # Interrupts are for the program; the kernel itself clears away children that have ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _settle()
    with socket.socket(fileno=number) as link:
        while True:
            message, descriptors, *_ = socket.recv_fds(link, LONGEST_MESSAGE, 2)
            if not message:
                # The owner has ended: so does everybody here, stopped or not.
                os.killpg(0, signal.SIGKILL)
            _import(message.decode().split()[1:])
            _fork(link, *descriptors)


def _import(modules: Sequence[str]) -> None:
    fresh = [module for module in modules if module not in sys.modules]
    for module in fresh:
        # If one cannot be had here, the child will say so, to whom it concerns.
        with contextlib.suppress(ImportError):
            import_module(module)
    if fresh:
        _settle()


def _settle() -> None:
    """What was imported stays in pages that all instances share."""
    gc.collect()
    gc.freeze()


def _fork(link: socket.socket, listener: int, control: int) -> None:
    # A failed fork closes the pipe, which the owner notices.
    with contextlib.suppress(BlockingIOError):
        if os.fork() == 0:
            link.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            live(socket.socket(fileno=listener), Connection(control))
    os.close(listener)
    os.close(control)
