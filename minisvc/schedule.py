"""A timed script at work: a thread that gives the cluster a command whenever one is due."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from minisvc.clock import Clock
from minisvc.faults.script import Timed
from minisvc.stage import Stage

LOOK_EVERY_S = 0.02
"""How often the clock is read: it may be one that a test turns by hand."""


class Schedule:
    """Carries out steps in their time, counted from now on."""

    def __init__(self, stage: Stage, steps: Sequence[Timed], clock: Clock) -> None:
        self._stage, self._steps, self._clock = stage, tuple(steps), clock
        self._left = deque(steps)
        self._started_s = clock()
        self._over, self._done = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the last step, or for one that failed; False if the time was up first."""
        return self._done.wait(timeout_s)

    def close(self) -> None:
        """Take no further step, and mend what the steps left broken.

        Raises:
            MinisvcError: what a step raised.
        """
        self._over.set()
        self._thread.join()
        for name in dict.fromkeys(step.instance for step in self._steps):
            self._mend(name)
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            while self._left and self._stage.is_open and not self._over.is_set():
                wait_s = self._started_s + self._left[0].at_s - self._clock()
                if wait_s > 0:
                    self._over.wait(min(wait_s, LOOK_EVERY_S))
                    continue
                step = self._left.popleft()
                getattr(self._stage.commands, step.verb)(step.instance)
        except BaseException as error:  # noqa: BLE001  # kept, and raised at close
            self._error = error
        finally:
            self._done.set()

    def _mend(self, name: str) -> None:
        stage = self._stage
        with stage.lock:
            if not stage.has(name):
                return
            status = stage.pool_of(name).hosts[name].status
            if status in {"down", "stopped"}:
                stage.commands.restart(name)
            elif status == "hung":
                stage.commands.resume(name)
            stage.balancer.call(stage.backend(name).admit)
