"""What an experiment is given: clusters to break, and a table to write its figures into."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from minisvc.claims.expected import Expected
from minisvc.claims.finding import Finding
from minisvc.claims.timeline import Timeline, timeline
from minisvc.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Run:
    """One cluster of an experiment as its users met it.

    Attributes:
        label: which, such as "in memory".
        sent, served, judged, lost: exchanges; `judged` are those in which a user asserted something.
        store: what the shared store was; None without one.
        timeline: the same over time.
    """

    label: str
    sent: int
    served: int
    judged: int
    lost: int
    store: str | None
    timeline: Timeline

    @property
    def up(self) -> float | None:
        """The share that was served; None if nothing was sent."""
        return self.served / self.sent if self.sent else None

    @property
    def correct(self) -> float | None:
        """The share of verdicts that were right; None if nobody asserted anything."""
        return 1 - self.lost / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Curve:
    """One line, or set of dots, of a claim's plot."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot of one's own, for a claim whose figure does not run over time."""

    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    log_y: bool = False


def round_trips(shop: Cluster) -> int:
    """Those of all instances with their store so far; 0 without one, or where no link counts (a file)."""
    traffic = shop.store_traffic()
    return traffic.total.round_trips if traffic else 0


class Trial:
    """One run of one experiment.

    Attributes:
        seed: of everything that is left to chance.
        random: the experiment's own choices, by that seed.
        findings, runs, chart, notes: what it found so far.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.findings: list[Finding] = []
        self.runs: list[Run] = []
        self.chart: Chart | None = None
        self.notes: list[str] = []

    @contextlib.contextmanager
    def cluster(self, label: str, service: str = "cart", **fields: Any) -> Iterator[Cluster]:
        """A running cluster, closed at the end; what its users met goes into the report under `label`."""
        with Cluster(service, seed=self.seed, **fields) as shop:
            yield shop
            store = shop.store
            _, exchanges = shop.ledger.since()
            _, events = shop.events.since()
        self.runs.append(
            Run(
                label,
                len(exchanges),
                sum(each.served for each in exchanges),
                sum(each.lost is not None for each in exchanges),
                sum(each.lost is True for each in exchanges),
                store.kind if store else None,
                timeline(exchanges, events),
            )
        )

    def measured(self, label: str, figure: float, expected: Expected, *, unit: str = "", samples: int = 0) -> None:
        """A figure that the claim predicts."""
        self.findings.append(Finding(label, figure, expected, unit, samples))

    def control(  # noqa: PLR0913  # as `measured`, and what it must differ from
        self, label: str, figure: float, expected: Expected, *, other: Expected, unit: str = "", samples: int = 0
    ) -> None:
        """The figure with the cause removed: it must be another than `other`, which the claim predicts."""
        self.findings.append(Finding(label, figure, expected, unit, samples, other))

    def plot(self, x_label: str, y_label: str, *curves: Curve, log_y: bool = False) -> None:
        """Show this in place of what users met over time."""
        self.chart = Chart(x_label, y_label, curves, log_y)

    def note(self, sentence: str) -> None:
        """Something that a reader should know of this run."""
        self.notes.append(sentence)

    @staticmethod
    def now_s() -> float:
        """Monotonic seconds, as exchanges have them."""
        return time.monotonic()
