"""A real pseudo-terminal with a screen that tests can read and keys that they can press."""

import contextlib
import os
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

PATIENCE_S = 20.0
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ENTER, ESCAPE, CTRL_C, CTRL_D, CTRL_Z = "\r", "\x1b", "\x03", "\x04", "\x1a"
ADVISOR = (sys.executable, "-m", "advisor")
MINISVC = (sys.executable, "-m", "minisvc")
MODES = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25l", "\x1b[?25h"
KEPT_ROWS = 2000
SET_BY_TESTS = {"NO_COLOR", "COLUMNS", "LINES"}


class Window:
    """Runs a command in a terminal of the given size. Every wait is for a condition, with a limit; nothing sleeps."""

    def __init__(self, *command: str, columns: int = 80, rows: int = 24, cwd: Path | None = None, **env: str) -> None:
        self._screen = pyte.HistoryScreen(columns, rows, history=KEPT_ROWS)
        self._stream = pyte.Stream(self._screen)
        kept = {name: value for name, value in os.environ.items() if name not in SET_BY_TESTS}
        # pyte does not answer where its cursor is, so prompt_toolkit must not ask.
        usual = {"TERM": "xterm-256color", "PYTHONUTF8": "1", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.raw = ""
        self.child = pexpect.spawn(
            command[0],
            list(command[1:]),
            cwd=str(cwd) if cwd else None,
            env={**kept, **usual, **env},
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=PATIENCE_S,
        )

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(pexpect.ExceptionPexpect):
            self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        """What the screen shows now, without trailing blanks."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The same, all blanks made one."""
        return " ".join(" ".join(self.lines).split())

    @property
    def transcript(self) -> str:
        """Everything that scrolled by and what is on the screen, all blanks made one."""
        rows = ["".join(row[column].data for column in range(self._screen.columns)) for row in self._screen.history.top]
        return " ".join(" ".join([*rows, *self.lines]).split())

    @property
    def cells(self) -> list[pyte.screens.Char]:
        """Every cell that holds something."""
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return [row[column] for row in rows for column in range(self._screen.columns) if row[column].data.strip()]

    def wait_for(self, what: str | Callable[[str], object]) -> str:
        """Read until the words are on the screen, or until the condition holds of its text; returns the text."""
        until = time.monotonic() + PATIENCE_S
        holds = (lambda text: what in text) if isinstance(what, str) else what
        while not holds(self.text):
            try:
                assert time.monotonic() < until
                self._feed()
            except (AssertionError, pexpect.EOF, pexpect.TIMEOUT) as error:
                shown = "\n".join(self.lines)
                raise AssertionError(f"{type(error).__name__} before {what!r} held:\n{shown}") from None
        return self.text

    def press(self, *keys: str) -> None:
        """Type keys, one after the other."""
        for key in keys:
            self.child.send(key)

    def resize(self, columns: int, rows: int) -> None:
        """As a person who drags the window's corner."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def modes(self) -> list[object]:
        """The terminal's modes now: what a program must give back as it was."""
        found: list[object] = termios.tcgetattr(self.child.fileno())
        return found

    def end(self) -> int:
        """Read to the end; the exit status, negative for a signal."""
        with contextlib.suppress(pexpect.EOF):
            while True:
                self._feed()
        self.child.wait()
        return -self.child.signalstatus if self.child.signalstatus else int(self.child.exitstatus)

    def _feed(self) -> None:
        chunk = self.child.read_nonblocking(4096, PATIENCE_S)
        self.raw += chunk
        self._stream.feed(chunk)
