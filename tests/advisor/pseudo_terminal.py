"""A real pseudo-terminal with a screen that tests can read, for commands that talk to people."""

import os
import sys
from pathlib import Path
from types import TracebackType

import pexpect
import pyte

PATIENCE_S = 15.0
UP, DOWN, LEFT, ENTER, CTRL_C = "\x1b[A", "\x1b[B", "\x1b[D", "\r", "\x03"


class PseudoTerminal:
    """Runs `python -m advisor` in a terminal of the given size.

    Every wait is for text on the screen, with a limit; nothing sleeps.
    """

    def __init__(self, *args: str, cwd: Path, columns: int = 80, rows: int = 40, **env: str) -> None:
        self._screen = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.Stream(self._screen)
        plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}}
        self.raw = ""
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "advisor", *args],
            cwd=str(cwd),
            env={**plain, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **env},
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=PATIENCE_S,
        )

    def __enter__(self) -> "PseudoTerminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    @property
    def lines(self) -> list[str]:
        """What the screen shows now, without trailing blanks."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """What the screen shows now, its wrapped lines joined by single blanks."""
        return " ".join(" ".join(self.lines).split())

    @property
    def transcript(self) -> str:
        """Everything that scrolled by and what is on the screen."""
        rows = ["".join(row[column].data for column in range(self._screen.columns)) for row in self._screen.history.top]
        return " ".join(" ".join([*rows, *self.lines]).split())

    def wait_for(self, text: str) -> None:
        """Read until the text is on the screen."""
        while text not in self.text:
            try:
                chunk = self._child.read_nonblocking(4096, PATIENCE_S)
            except (pexpect.EOF, pexpect.TIMEOUT) as error:
                shown = "\n".join(self.lines)
                raise AssertionError(f"{type(error).__name__} before {text!r} appeared:\n{shown}") from None
            self.raw += chunk
            self._stream.feed(chunk)

    def press(self, *keys: str) -> None:
        """Type keys, one after the other."""
        for key in keys:
            self._child.send(key)

    def end(self) -> int:
        """Read to the end and return the exit status."""
        try:
            while True:
                chunk = self._child.read_nonblocking(4096, PATIENCE_S)
                self.raw += chunk
                self._stream.feed(chunk)
        except pexpect.EOF:
            self._child.close()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -1)
