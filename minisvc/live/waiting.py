"""A bar for a person who waits for several things in turn; nothing for a file or a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from minisvc.live.interrupts import Interrupts

BAR = 16


class Waiting:
    """Shows on standard error which of `total` things is under way, if that is a terminal; gone when it closes."""

    def __init__(self, total: int) -> None:
        columns = (MofNCompleteColumn(), BarColumn(BAR), TimeElapsedColumn(), TextColumn("{task.description}"))
        # What is printed goes where it was sent, and not to standard error.
        self._bar = Progress(
            *columns,
            console=Console(stderr=True),
            transient=True,
            # What is measured shall not share the interpreter with a thread of Rich's own.
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not sys.stderr.isatty(),
        )
        self._task, self._begun = self._bar.add_task("", total=total), 0

        self._interrupts = Interrupts()

    def __enter__(self) -> Self:
        self._interrupts.__enter__()
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        self._interrupts.__exit__(kind, error, trace)

    def next(self, name: str) -> None:
        """This one is under way, and those before it are done; raises `KeyboardInterrupt` where one got lost."""
        self._interrupts.check()
        self._bar.update(self._task, description=name, completed=self._begun, refresh=True)
        self._begun += 1

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way, for as long as something is printed."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()
