"""Ctrl-C that cannot get lost.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. Where that is a weak reference's callback or a
finalizer, it is printed and dropped (Python documentation, `sys.unraisablehook`), and a long run goes on as if nobody
had asked. So it is also written down, and looked at between two steps.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """Heeds Ctrl-C from enter to exit; of the main thread alone."""

    def __init__(self) -> None:
        self._asked = False

    def __enter__(self) -> Self:
        self._handler = signal.signal(signal.SIGINT, self._ask)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._handler)
        sys.unraisablehook = self._hook
        if error is None:
            self.check()

    def check(self) -> None:
        """Raise `KeyboardInterrupt`, once, if somebody asked for it, even if it was lost then."""
        asked, self._asked = self._asked, False
        if asked:
            raise KeyboardInterrupt

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True
        raise KeyboardInterrupt

    def _unraisable(self, lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type is not KeyboardInterrupt:
            self._hook(lost)
