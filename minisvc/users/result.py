"""What a load did: counts that add up, and percentiles over every single latency."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from minisvc.exchange import Exchange, imbalance, percentile
from minisvc.users.load import Load

MOST_ERRORS = 50
"""Different errors that are told apart; further ones are one group."""
OTHERS = "other errors"


@dataclass(frozen=True, slots=True)
class Spread:
    """Of times in seconds: nearest-rank percentiles and the maximum; None where nothing was measured."""

    p50_s: float | None = None
    p95_s: float | None = None
    p99_s: float | None = None
    max_s: float | None = None

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Over every one of the values."""
        ordered = sorted(values)
        return cls(*(percentile(ordered, percent) for percent in (50, 95, 99, 100)))

    def __str__(self) -> str:
        named = zip(("p50", "p95", "p99", "max"), (self.p50_s, self.p95_s, self.p99_s, self.max_s), strict=True)
        return "  ".join(f"{name} {value * 1000:,.1f} ms" for name, value in named if value is not None) or "nothing"


@dataclass(frozen=True, slots=True)
class Progress:
    """A load under way.

    Attributes:
        sent, served, failed, lost: exchanges so far.
        waiting: steps that are due and not yet sent.
        elapsed_s: since the load began.
        share: of the load that is done, 0 to 1; None for a load without an end.
        is_last: the load is over.
    """

    sent: int
    served: int
    failed: int
    lost: int
    waiting: int
    elapsed_s: float
    share: float | None
    is_last: bool = False

    @property
    def settled(self) -> int:
        """Those whose answer, or lack of one, is on the books."""
        return self.served + self.failed


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of a load.

    Attributes:
        load: what was asked for.
        took_s: from its begin to the last settlement.
        sent: steps sent; each is settled as served or failed, so `sent == settled`.
        unsent: steps that were due and never sent, for the load was stopped or the service hung to the end.
            They have no latency, so look at this figure before believing a percentile.
        lost: exchanges in which a user was contradicted; served ones as a rule.
        latency: from the intended send time in open load, in closed load from the actual one.
        response: from the actual send time in either; in open load, what coordinated omission would have shown.
        shares: served exchanges by backend, 0 for one that served none.
        imbalance: the largest share over the mean; None if nothing was served.
        errors: how often each error came.
    """

    load: Load
    took_s: float
    sent: int
    served: int
    failed: int
    lost: int
    unsent: int
    bytes_up: int
    bytes_down: int
    latency: Spread
    response: Spread
    shares: Mapping[str, int]
    imbalance: float | None
    errors: Mapping[str, int]

    @property
    def settled(self) -> int:
        """Exchanges on the books."""
        return self.served + self.failed

    @property
    def throughput(self) -> float:
        """Served exchanges a second."""
        return self.served / self.took_s if self.took_s else 0.0

    @property
    def p50_s(self) -> float | None:
        """The median latency."""
        return self.latency.p50_s

    @property
    def p95_s(self) -> float | None:
        """Latency that one in twenty exceeds."""
        return self.latency.p95_s

    @property
    def p99_s(self) -> float | None:
        """Latency that one in a hundred exceeds."""
        return self.latency.p99_s

    @property
    def max_s(self) -> float | None:
        """The longest latency."""
        return self.latency.max_s

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {count}" for name, count in self.shares.items()) or "no backend"
        even = f", imbalance {self.imbalance:.2f}" if self.imbalance else ""
        unsent = f", {self.unsent} never sent" if self.unsent else ""
        counts = f"{self.served} served, {self.failed} failed, {self.lost} lost; {self.throughput:,.0f} served/s"
        lines = [
            self.load.title,
            f"  {self.sent} sent in {self.took_s:.2f} s{unsent}: {counts}",
            f"  latency   {self.latency}",
            *([f"  from send {self.response}"] if self.load.is_open else []),
            f"  served by {shares}{even}",
            *(f"  {count} x {error}" for error, count in self.errors.items()),
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class Tally:
    """Adds up a load's exchanges as they settle. One thread at a time; 16 bytes an exchange."""

    sent: int = 0
    served: int = 0
    failed: int = 0
    lost: int = 0
    unsent: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    shares: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    latencies: array[float] = field(default_factory=lambda: array("d"))
    responses: array[float] = field(default_factory=lambda: array("d"))

    def add(self, exchange: Exchange) -> None:
        """One more is settled."""
        self.lost += exchange.lost is True
        self.bytes_up += exchange.bytes_up
        self.bytes_down += exchange.bytes_down
        self.latencies.append(exchange.latency_s)
        self.responses.append(exchange.duration_s)
        if exchange.served:
            self.served += 1
            self.shares[exchange.backend or "?"] += 1
        else:
            self.failed += 1
        if exchange.error:
            error = exchange.error.partition("\n")[0]
            self.errors[error if error in self.errors or len(self.errors) < MOST_ERRORS else OTHERS] += 1

    def result(self, load: Load, took_s: float, backends: Iterable[str]) -> LoadResult:
        """The whole; `backends` names those there are."""
        known = sorted({*backends, *self.shares} - {"?"})
        return LoadResult(
            load=load,
            took_s=took_s,
            sent=self.sent,
            served=self.served,
            failed=self.failed,
            lost=self.lost,
            unsent=self.unsent,
            bytes_up=self.bytes_up,
            bytes_down=self.bytes_down,
            latency=Spread.of(self.latencies),
            response=Spread.of(self.responses),
            shares={name: self.shares[name] for name in known},
            imbalance=imbalance(self.shares, known),
            errors=dict(self.errors.most_common()),
        )
