"""A terminal that gives keys one by one and is given back as it was, whatever happens.

Python's handlers run between two instructions of the main thread, where a redraw may be under way: so a handler
only writes one byte into a pipe, and the loop that waits for keys acts on it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

SUSPENDED, RESUMED = b"z", b"c"
KEYS = {"\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down", "\t": "down", "\x1b[Z": "up", "\x1b": "esc"}
"""What terminals send for keys that are no letters (ECMA-48; xterm's control sequences)."""


CLOSED = 128 + signal.SIGHUP
"""The exit status when nobody is at the other end any more."""


class Keyboard:
    """Keys from standard input, as a context manager.

    Args:
        hide: takes the picture off the screen, before the program is suspended.
        show: puts it back afterwards.
    """

    def __init__(self, hide: Callable[[], None], show: Callable[[], None]) -> None:
        self._hide, self._show = hide, show
        self._fd = sys.stdin.fileno()
        self._undo = contextlib.ExitStack()
        self._wake = self._woken = -1

    def __enter__(self) -> Keyboard:
        with contextlib.ExitStack() as undo:
            before = termios.tcgetattr(self._fd)
            undo.callback(_quietly, termios.tcsetattr, self._fd, termios.TCSADRAIN, before)
            self._woken, self._wake = os.pipe()
            undo.callback(os.close, self._woken)
            undo.callback(os.close, self._wake)
            os.set_blocking(self._wake, False)
            self._handle(undo, signal.SIGTSTP, SUSPENDED)
            self._handle(undo, signal.SIGCONT, RESUMED)
            undo.callback(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, _hang_up))
            tty.setcbreak(self._fd)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def wait(self, timeout_s: float) -> list[str]:
        """The keys that were pressed, after at most `timeout_s`; often none.

        Raises:
            SystemExit: the terminal was closed.
        """
        ready, _, _ = select.select([self._fd, self._woken], [], [], timeout_s)
        if self._woken in ready:
            for news in os.read(self._woken, 64):
                self._act(bytes([news]))
        return list(_keys(self._read())) if self._fd in ready else []

    def _read(self) -> str:
        try:
            found = os.read(self._fd, 1024)
        except OSError as error:
            raise SystemExit(CLOSED) from error
        if not found:
            raise SystemExit(CLOSED)
        return found.decode(errors="ignore")

    def _act(self, news: bytes) -> None:
        if news == SUSPENDED:
            self._suspend()
        elif news == RESUMED:  # somebody else stopped us; the shell may have changed the terminal meanwhile
            tty.setcbreak(self._fd)
            self._hide()
            self._show()

    def _suspend(self) -> None:
        modes = termios.tcgetattr(self._fd)
        self._hide()
        modes[3] |= termios.ICANON | termios.ECHO  # as a shell wants them: whole lines, echoed
        termios.tcsetattr(self._fd, termios.TCSADRAIN, modes)
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        # Here we are again.
        signal.signal(signal.SIGTSTP, ours)
        tty.setcbreak(self._fd)
        self._show()

    def _handle(self, undo: contextlib.ExitStack, number: signal.Signals, news: bytes) -> None:
        def wake(_signal: int, _frame: FrameType | None) -> None:
            with contextlib.suppress(BlockingIOError):  # enough is in the pipe already
                os.write(self._wake, news)

        undo.callback(signal.signal, number, signal.signal(number, wake))


def _keys(typed: str) -> Iterator[str]:
    while typed:
        known = next((each for each in KEYS if typed.startswith(each)), "")
        # An unknown sequence is one key that nobody knows, and no row of letters.
        whole = typed if typed[0] == "\x1b" and known in {"", "\x1b"} and len(typed) > 1 else known or typed[0]
        yield KEYS.get(whole, whole)
        typed = typed[len(whole) :]


def _hang_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    # As an exception, so that every `with` on the way out closes what it opened.
    raise SystemExit(CLOSED)


def _quietly(restore: Callable[..., None], *arguments: object) -> None:
    with contextlib.suppress(termios.error, OSError):  # a closed terminal has no modes
        restore(*arguments)
