"""An autoscaler that decides as the Kubernetes HorizontalPodAutoscaler does.

Source: kubernetes.io, "Horizontal Pod Autoscaling", sections "Algorithm details" (the formula, the tolerance) and
"Stabilization window"; the defaults are those of kube-controller-manager. Not imitated: metrics that are missing,
Pods that are not ready yet, and limits to the speed of scaling.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from minisvc.clock import Clock, monotonic
from minisvc.errors import MinisvcError, did_you_mean
from minisvc.operations import scale
from minisvc.pool import Pool
from minisvc.stage import Stage

METRICS = ("requests_per_s", "in_flight")
LOOK_EVERY_S = 0.02
"""How often the clock is read: it may be one that a test turns by hand."""


class ScalingError(MinisvcError):
    """An autoscaler that cannot be had as described. `faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """What an autoscaler aims at.

    Attributes:
        target: what each instance is to have of the metric, on average; above 0.
        metric: "requests_per_s" (answered, since the last look) or "in_flight" (at the moment of the look).
        least, most: instances, from 1 to 26.
        tolerance: no change while the metric is off its target by no more than this share.
        every_s: how often it looks.
        down_window_s: it goes down only to the highest number that it wanted within this time; 0 goes down at once.

    Raises:
        ScalingError: with everything that is wrong.
    """

    target: float
    metric: str = "requests_per_s"
    least: int = 1
    most: int = 10
    tolerance: float = 0.1
    every_s: float = 15.0
    down_window_s: float = 300.0

    def __post_init__(self) -> None:
        faults = [
            "" if self.metric in METRICS else f"metric is {self.metric!r}.{did_you_mean(self.metric, METRICS)}",
            "" if 0 < self.target < math.inf else f"target is {self.target!r}; it must be above 0 and finite.",
            ""
            if 1 <= self.least <= self.most <= 26
            else f"least and most are {self.least!r} and {self.most!r}; "
            "they must be whole numbers, 1 <= least <= most <= 26.",
            "" if 0 <= self.tolerance < 1 else f"tolerance is {self.tolerance!r}; it must be from 0 to below 1.",
            "" if 0.01 <= self.every_s <= 3600 else f"every_s is {self.every_s!r}; it must be from 0.01 to 3600.",
            ""
            if 0 <= self.down_window_s <= 3600
            else f"down_window_s is {self.down_window_s!r}; it must be from 0 to 3600.",
        ]
        if any(faults):
            raise ScalingError(fault for fault in faults if fault)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many instances the formula wanted at a moment in seconds."""

    at_s: float
    count: int


def desired(current: int, metric: float, scaling: Scaling) -> int:
    """ceil(current * metric / target) within the bounds; `current` if the metric is near enough to its target.

    `metric` is the average over the `current` instances.

    >>> desired(3, 20.0, Scaling(target=10.0))
    6
    >>> desired(3, 10.9, Scaling(target=10.0))
    3
    """
    ratio = metric / scaling.target
    near = abs(ratio - 1) <= scaling.tolerance + 1e-9
    # What is a whole number but for the last bit must not be rounded up.
    count = current if near else math.ceil(current * ratio - 1e-9)
    return min(max(count, scaling.least), scaling.most)


def stabilised(current: int, wanted: Iterable[Wanted], now_s: float, scaling: Scaling) -> int:
    """The number to have, of all that were `wanted` so far, the latest last: up at once, down only to the highest
    number that was wanted within the window, so that a short lull costs nothing.
    """
    known = list(wanted)
    latest = known[-1].count
    if latest >= current:
        return latest
    recent = [each.count for each in known if each.at_s >= now_s - scaling.down_window_s]
    return min(current, max([latest, *recent]))


class Autoscaler:
    """Looks at a service every so often and scales it. Use it as a context manager.

    Attributes:
        scaling: what it aims at.
    """

    def __init__(self, stage: Stage, pool: Pool, scaling: Scaling, clock: Clock = monotonic) -> None:
        self.scaling, self._stage, self._pool, self._clock = scaling, stage, pool, clock
        self._cursor, self._looked_s = stage.ledger.since(0)[0], clock()
        # What runs at the start counts as wanted, so that it does not begin by taking away.
        self._wanted = deque([Wanted(self._looked_s, len(pool.hosts))])
        self._over = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="autoscaler", daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look no more; the instances stay as they are.

        Raises:
            MinisvcError: what scaling raised.
        """
        self._over.set()
        self._thread.join()
        if self._error:
            raise self._error

    def look(self) -> int:
        """Measure, decide and scale once; how many instances there are then."""
        pool, now_s = self._pool, self._clock()
        current, metric = len(pool.hosts), self._measure(now_s)
        self._wanted.append(Wanted(now_s, desired(current, metric, self.scaling)))
        while len(self._wanted) > 1 and self._wanted[0].at_s < now_s - self.scaling.down_window_s:
            self._wanted.popleft()
        count = stabilised(current, self._wanted, now_s, self.scaling)
        if count != current:
            measured = f"{metric:.3g} {self.scaling.metric} an instance, target {self.scaling.target:g}"
            self._stage.say("autoscale", None, f"The autoscaler sees {measured}: {current} to {count} instances.")
            scale(self._stage, pool, count)
        return count

    def _measure(self, now_s: float) -> float:
        """The metric's average over the instances."""
        hosts = list(self._pool.hosts)
        if self.scaling.metric == "in_flight":
            return sum(self._stage.backend(name).in_flight for name in hosts) / len(hosts)
        self._cursor, settled = self._stage.ledger.since(self._cursor)
        elapsed_s, self._looked_s = now_s - self._looked_s, now_s
        answered = sum(each.backend in self._pool.hosts for each in settled)
        return answered / elapsed_s / len(hosts) if elapsed_s > 0 else 0.0

    def _run(self) -> None:
        due_s = self._clock() + self.scaling.every_s
        try:
            while self._stage.is_open and not self._over.is_set():
                rest_s = due_s - self._clock()
                if rest_s > 0:
                    self._over.wait(min(rest_s, LOOK_EVERY_S))
                    continue
                due_s = self._clock() + self.scaling.every_s
                self.look()
        except BaseException as error:  # noqa: BLE001  # kept, and raised at the end
            self._error = error
