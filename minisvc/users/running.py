"""A load under way in a thread of its own, so that something can be broken in the middle of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Self

from minisvc.clock import Clock, monotonic
from minisvc.exchange import Ledger
from minisvc.users.cohort import Cohort
from minisvc.users.light import Target
from minisvc.users.load import Load
from minisvc.users.reactor import Reactor
from minisvc.users.result import LoadResult, Progress
from minisvc.users.shown import shown

PROGRESS_S = 0.1

Told = Callable[[Progress], object]
"""Is called with what happened so far."""


class Running:
    """Begins at once. Call `stop` or `result` in the end, or use it as a context manager, which closes it.

    Args:
        load: what to do.
        target: whom to ask.
        ledger: where every exchange is settled; None for one of its own.
        progress: is called ten times a second and at the end, in the load's thread; True shows a line with Rich.
        clock: of think time, arrivals and latencies.
    """

    def __init__(
        self,
        load: Load,
        target: Target,
        ledger: Ledger | None = None,
        *,
        progress: Told | bool | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self.load, self.ledger = load, ledger or Ledger()
        self._told, self._target = _teller(progress, load), target
        self._cohort = Cohort(load, target, self.ledger, Reactor(clock))
        self._error: BaseException | None = None
        self._raised = False
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._cohort.progress()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    @property
    def has_news(self) -> bool:
        """Whether the journey raised something that nobody has been told yet."""
        return self._error is not None and not self._raised

    def stop(self, grace_s: float = 5.0) -> LoadResult:
        """End now: send nothing more, and wait at most `grace_s` seconds for answers that are under way.

        Raises what the journey raised, if it did.
        """
        self._end(grace_s)
        return self.result()

    def result(self, timeout_s: float | None = None) -> LoadResult:
        """Wait for its end, at most `timeout_s` seconds (None: for ever), and say what came of it.

        Raises:
            TimeoutError: it goes on; stop it, or wait again.
            Exception: what the journey raised, once everything that had been sent was settled.
        """
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"The load goes on after {timeout_s:g} s. Call stop() to end it.")
        if self._error:
            self._raised = True
            raise self._error
        return self._cohort.tally.result(self.load, self._cohort.took_s, self._target.backends())

    def close(self) -> None:
        """End at once; raises what the journey raised if nobody has been told yet."""
        error = self.abort()
        if error:
            raise error

    def abort(self) -> BaseException | None:
        """End at once; returns what the journey raised if nobody has been told yet."""
        self._end(0.0)
        self._thread.join()
        untold, self._raised = self.has_news, True
        return self._error if untold else None

    def forget(self) -> None:
        """Everybody starts again as a new customer, with no cookies and nothing expected; returns when it is so."""
        done = threading.Event()

        def forget() -> None:
            self._cohort.forget()
            done.set()

        self._cohort.reactor.call(forget)
        while not done.wait(0.05) and not self.is_over:
            continue

    def look_at_clock(self) -> None:
        """For a clock that is turned by hand: do what is due now."""
        self._cohort.reactor.call(lambda: None)

    def _end(self, grace_s: float) -> None:
        self._cohort.reactor.call(lambda: self._cohort.finish(grace_s, drop_due=True))

    def _run(self) -> None:
        try:
            try:
                if self._told:
                    self._tell(self._told)
                self._cohort.run()
            finally:
                self._cohort.reactor.close()
                if self._told:
                    self._told(self._cohort.progress())
        except BaseException as error:  # noqa: BLE001  # kept, and raised to whoever asks for the result
            self._error = error

    def _tell(self, told: Told) -> None:
        reactor = self._cohort.reactor
        told(self._cohort.progress())
        reactor.at(reactor.clock() + PROGRESS_S, lambda: self._tell(told))


def run_load(
    load: Load, target: Target, ledger: Ledger | None = None, progress: Told | bool | None = None
) -> LoadResult:
    """Run a load to its end and say what came of it: what a command or a cell wants. Ctrl-C ends it at once.

    Raises:
        LoadError: it has no end, for neither `duration_s` nor `steps` is given.
        Exception: what the journey raised.
    """
    with Running(load.with_an_end(), target, ledger, progress=progress) as running:
        return running.result()


def _teller(progress: Told | bool | None, load: Load) -> Told | None:
    if not isinstance(progress, bool):
        return progress
    return shown(load.title) if progress else None
