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

PROGRESS_S = 0.1

Told = Callable[[Progress], object]


class Running:
    """Begins at once. Call `stop` or `result` in the end, or use it as a context manager, which stops it.

    Args:
        load: what to do.
        target: whom to ask.
        ledger: where every exchange is settled; None for one of its own.
        progress: is called ten times a second and at the end, in the load's thread.
        clock: of think time, arrivals and latencies.
    """

    def __init__(
        self,
        load: Load,
        target: Target,
        ledger: Ledger | None = None,
        *,
        progress: Told | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self.load, self.ledger = load, ledger or Ledger()
        self._told, self._target = progress, target
        self._cohort = Cohort(load, target, self.ledger, Reactor(clock))
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._cohort.progress()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def stop(self, grace_s: float = 5.0) -> LoadResult:
        """End now: send nothing more, and wait at most `grace_s` seconds for answers that are under way.

        Raises what the journey raised, if it did.
        """
        self._cohort.reactor.call(lambda: self._cohort.finish(grace_s, drop_due=True))
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
            raise self._error
        return self._cohort.tally.result(self.load, self._cohort.took_s, self._target.backends())

    def forget(self) -> None:
        """Everybody starts again as a new customer, with no cookies and nothing expected."""
        self._cohort.reactor.call(self._cohort.forget)

    def look_at_clock(self) -> None:
        """For a clock that is turned by hand: do what is due now."""
        self._cohort.reactor.call(lambda: None)

    def _run(self) -> None:
        try:
            if self._told:
                self._tell(self._told)
            self._cohort.run()
        except BaseException as error:  # noqa: BLE001  # kept, and raised to whoever asks for the result
            self._error = error
        finally:
            self._cohort.reactor.close()
            if self._told:
                self._told(self._cohort.progress())

    def _tell(self, told: Told) -> None:
        reactor = self._cohort.reactor
        told(self._cohort.progress())
        reactor.at(reactor.clock() + PROGRESS_S, lambda: self._tell(told))
