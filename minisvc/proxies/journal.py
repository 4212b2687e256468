"""What a real balancer says, line by line as it says it: access log and messages come through one pipe.

A pipe, because it loses nothing: a datagram socket drops lines when its queue is full (10 datagrams for a Unix
socket by Linux's default), and a file would have to be asked again and again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable

KEPT = 200
ROOM_BYTES = 1 << 20
"""Linux's greatest for everybody (pipe(7)): room for thousands of lines while Python is busy elsewhere."""


class Journal:
    """Reads lines in a thread of its own until `close`.

    Attributes:
        inlet: the file descriptor to write to; it may be handed to programs.
        errors: where exceptions of `heard` are kept, for the balancer's `stop` to raise.
    """

    def __init__(self, name: str, heard: Callable[[str], object], errors: list[BaseException]) -> None:
        self._outlet, self.inlet = os.pipe()
        with contextlib.suppress(AttributeError, OSError):
            # Absent on other systems than Linux, and never necessary.
            fcntl.fcntl(self.inlet, fcntl.F_SETPIPE_SZ, ROOM_BYTES)
        self.errors, self._heard = errors, heard
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._count = 0
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, name=f"{name}-log", daemon=True)
        self._thread.start()

    def mark(self) -> int:
        """The number of messages so far: where to wait from."""
        with self._news:
            return self._count

    def wait_for(self, wanted: Callable[[str], bool], since: int, within_s: float) -> str:
        """The first message after `since` for which `wanted` holds; "" if none came in time."""
        with self._news:
            found = ""

            def seen() -> bool:
                nonlocal found
                fresh = list(self._lines)[max(0, len(self._lines) - (self._count - since)) :]
                found = next((line for line in fresh if wanted(line)), "")
                return bool(found)

            self._news.wait_for(seen, within_s)
            return found

    def last(self) -> str:
        """The latest message; "" if there was none."""
        with self._news:
            return self._lines[-1] if self._lines else ""

    def close(self) -> None:
        """Read to the end of what was written, and end the thread. The programs must have ended."""
        os.close(self.inlet)
        self._thread.join()

    def _read(self) -> None:
        with os.fdopen(self._outlet, "r", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    self._take(line.rstrip("\n"))
                except Exception as error:  # noqa: BLE001  # kept, and raised at stop
                    self.errors.append(error)

    def _take(self, line: str) -> None:
        self._heard(line)
        if not line.startswith("{"):
            with self._news:
                self._lines.append(line)
                self._count += 1
                self._news.notify_all()
