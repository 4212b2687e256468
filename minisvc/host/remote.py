"""A process that is an instance, as its owner sees it: orders, signals, and its end."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import socket
import threading
import time
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

from minisvc.errors import InstanceDied, InstanceSilent, NotPortable
from minisvc.host.nursery import bear
from minisvc.host.orders import Birth, Order, Reply

UP_WITHIN_S = 30.0
GONE_WITHIN_S = 5.0
STOPPED_WITHIN_S = 1.0
TICK_S = 0.0002


class Remote:
    """Owns the pipe to one process. Signals go by pidfd where there is one, so that they never meet a stranger.

    Attributes:
        name: the instance's name.
    """

    def __init__(self, listener: socket.socket, birth: Birth) -> None:
        self.name = birth.name
        self._lock = threading.Lock()
        self._number, self._mute = 0, False
        self._pid: int | None = None
        self._pidfd: int | None = None
        self._control, theirs = Pipe()
        with theirs:
            bear(listener, theirs, birth.modules)
        with contextlib.suppress(BrokenPipeError):
            self._control.send(birth)

    @property
    def pid(self) -> int | None:
        """Its process id; None before `await_up`."""
        return self._pid

    @property
    def alive(self) -> bool:
        """Whether the other end of the pipe is still there."""
        asked = select.poll()
        try:
            asked.register(self._control.fileno(), 0)
            return not any(what & select.POLLHUP for _, what in asked.poll(0))
        except OSError:
            # Closed on this side.
            return False

    def await_up(self) -> None:
        """Wait for the app to be up; raises what its factory raised.

        Raises:
            InstanceDied: the process ended, or took longer than 30 s.
        """
        try:
            self._meet(UP_WITHIN_S)
            reply = self._receive(0, time.monotonic() + UP_WITHIN_S)
        except (EOFError, ConnectionError) as error:
            raise InstanceDied(self.name, "before it was up") from error
        if reply is None:
            raise InstanceDied(self.name, f"for it was not up within {UP_WITHIN_S:g} s")
        reply.result()

    def order(self, what: str, argument: Any = None, *, within_s: float) -> Any:
        """Give an order and return what came of it, or raise the exception that did.

        Raises:
            InstanceDied: the process ended meanwhile.
            InstanceSilent: it did not answer in time.
        """
        reply = self.ask(what, argument, within_s=within_s)
        if reply is None:
            raise InstanceSilent(self.name, what, within_s) if self.alive else InstanceDied(self.name, "by itself")
        return reply.result()

    def ask(self, what: str, argument: Any = None, *, within_s: float) -> Reply | None:
        """Give an order and wait for the reply; None if none comes in time, or nobody is there."""
        if not self._lock.acquire(timeout=within_s):
            return None
        deadline = time.monotonic() + within_s
        try:
            number = self._send(what, argument)
            return self._receive(number, deadline) if number else None
        except (EOFError, OSError):
            return None
        finally:
            self._lock.release()

    def say(self, what: str, argument: Any) -> None:
        """Give an order without waiting for the reply."""
        with self._lock, contextlib.suppress(OSError):
            self._send(what, argument)

    def freeze(self) -> None:
        """Stop it where it stands (SIGSTOP); returns when no thread of it runs any more."""
        self._signal(signal.SIGSTOP)
        deadline = time.monotonic() + STOPPED_WITHIN_S
        while self._runs() and time.monotonic() < deadline:
            time.sleep(TICK_S)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill it (SIGKILL), and return when it has let go of everything. Ending twice changes nothing."""
        with contextlib.suppress(EOFError, OSError):
            self._meet(GONE_WITHIN_S)
        self._signal(signal.SIGKILL)
        if self._pidfd is not None:
            # Readable when the process has ended, its connections closed.
            asked = select.poll()
            asked.register(self._pidfd, select.POLLIN)
            asked.poll(GONE_WITHIN_S * 1000)
            os.close(self._pidfd)
            self._pidfd = None
        self._control.close()

    def memory_bytes(self) -> int | None:
        """Its resident memory; None where the system does not tell by /proc."""
        try:
            pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        except OSError:
            return None
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _meet(self, within_s: float) -> None:
        if self._pid is None and not self._mute and self._control.poll(within_s):
            self._mute = True
            self._pid = self._control.recv()
            self._mute = False
        if self._pid is not None and self._pidfd is None and hasattr(os, "pidfd_open"):
            with contextlib.suppress(ProcessLookupError):
                self._pidfd = os.pidfd_open(self._pid)

    def _send(self, what: str, argument: Any) -> int | None:
        if self._mute:
            return None
        self._number += 1
        self._control.send(Order(self._number, what, argument))
        return self._number

    def _receive(self, number: int, deadline: float) -> Reply | None:
        while self._control.poll(max(0.0, deadline - time.monotonic())):
            # Ctrl-C in the middle of a message would leave the rest of it for the next: then no more is read.
            self._mute = True
            reply: Reply = self._control.recv()
            self._mute = False
            # Others are late replies to orders that somebody stopped waiting for.
            if reply.number == number:
                return reply
        return None

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, number)
            elif self._pid is not None and not hasattr(os, "pidfd_open"):
                os.kill(self._pid, number)

    def _runs(self) -> bool:
        # /proc/PID/task/TID/stat: the state follows the name, which stands in brackets (proc(5)).
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            tasks = list(Path(f"/proc/{self._pid}/task").iterdir())
            states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks]
            return any(state not in "TtZX" for state in states)
        return False


def pickled(what: str, value: object) -> bytes:
    """A factory or a message as it travels.

    Raises:
        NotPortable: it is a lambda, or defined in a notebook or a script itself.
    """
    kind = value if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")) else type(value)
    try:
        sent = pickle.dumps(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise NotPortable(what, value) from error
    if getattr(kind, "__module__", "") == "__main__":
        raise NotPortable(what, value)
    return sent
