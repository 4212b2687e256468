"""What happened: one record an exchange, and the ledger that adds them up.

*Served* and *lost* are two figures. An exchange is served when some answer other than a server error
came back; it is lost when a user had asserted what it did and the answer contradicted it. A cluster
can be fully up and wrong at the same time, which is what the ledger is there to show.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TextIO

from minisvc import records

KEPT = 200_000
"""Exchanges kept for questions afterwards; counts go on beyond it."""
MOST_LATE = 10_000
"""Exchanges that a user settled alone and the balancer may still report."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    Attributes:
        id: the X-Request-ID that it carried.
        user: the simulated user who sent it; None for curl, a browser or a health check.
        status: the HTTP status that the client saw; None if no answer reached it.
        backend: the instance that answered, or was tried last; None if none was.
        why: a sentence on why the balancer sent it there.
        tries: how many backends it was sent or offered to.
        started_s, duration_s: monotonic seconds, on the user's side if there is a user, else the balancer's.
        intended_s: when open load meant to send it, monotonic seconds; None if nobody had a plan.
        bytes_up, bytes_down: heads and bodies on the client's side of the balancer.
        error: why there is no good answer; None if there is one.
        definite: False when the client cannot know whether the work was done.
        lost: True if a user was contradicted, False if it was confirmed, None if nothing was asserted.
        sentence: what happened to the user, in words.
        fault: the names of the faults that touched it, such as "slow-1" (several joined by ", "); None if none did.
    """

    id: str
    method: str
    path: str
    user: str | None = None
    status: int | None = None
    backend: str | None = None
    why: str = ""
    tries: int = 0
    started_s: float = 0.0
    duration_s: float = 0.0
    bytes_up: int = 0
    bytes_down: int = 0
    error: str | None = None
    definite: bool = True
    lost: bool | None = None
    sentence: str = ""
    fault: str | None = None
    intended_s: float | None = None

    @property
    def latency_s(self) -> float:
        """Seconds from the intended send time, if there is one, to the answer's end.

        A stall delays what should have been sent meanwhile; measured from the actual send, those requests look
        fast, and the stall hides (coordinated omission).
        """
        if self.intended_s is None:
            return self.duration_s
        return self.started_s + self.duration_s - self.intended_s

    @property
    def served(self) -> bool:
        """Whether an answer other than a server error (5xx) came back."""
        return self.status is not None and self.status < 500


@dataclass(frozen=True, slots=True)
class Counts:
    """Totals since the cluster started. `by_backend` counts served exchanges of each instance."""

    served: int = 0
    failed: int = 0
    lost: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    by_backend: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to the cluster or noticed by it, as a sentence with a moment in seconds."""

    at_s: float
    kind: str
    target: str | None
    sentence: str


class Events:
    """The cluster's diary. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def add(self, event: Event) -> None:
        """Write one event down."""
        with self._lock:
            self._events.append(event)

    def since(self, cursor: int = 0) -> tuple[int, list[Event]]:
        """Events after `cursor` (0 for all) and the cursor for the next call."""
        with self._lock:
            return len(self._events), self._events[cursor:]


class Ledger:
    """Every exchange, in the order in which it was settled. Safe from any thread.

    The balancer records what happened on the wire; a simulated user, who announces its request with
    `expect` first, then judges the answer. Only then is that exchange settled and counted.

    Attributes:
        changed: notified at each settlement, for those who would wait for one.
        backends: names the instances there are, so that one that served nothing counts as well.
        patience_s: how long a verdict waits for the balancer's record, where that comes from a log and may be
            late; 0 where it is there before the user has the answer.

    Args:
        kept: how many exchanges to keep; older ones still count.
    """

    def __init__(self, kept: int = KEPT, backends: Callable[[], Iterable[str]] = tuple) -> None:
        self.backends = backends
        self.patience_s = 0.0
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)
        self._waiting: dict[str, Exchange | None] = {}
        self._alone: OrderedDict[str, None] = OrderedDict()
        self._settled: deque[Exchange] = deque(maxlen=kept)
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._by_backend: Counter[str] = Counter()

    def expect(self, exchange_id: str) -> None:
        """A user is about to send this request and will judge its answer."""
        with self._lock:
            self._waiting[exchange_id] = None

    def record(self, exchange: Exchange) -> None:
        """What the balancer saw. Settles the exchange unless a user is to judge it, or did without waiting."""
        with self._lock:
            if exchange.id in self._waiting:
                self._waiting[exchange.id] = exchange
                self.changed.notify_all()
            elif exchange.id in self._alone:
                del self._alone[exchange.id]
            else:
                self._settle(exchange)

    def judge(self, exchange: Exchange) -> Exchange:
        """The user's verdict: its name, `lost`, `sentence`, its times and, if no answer came, the error.

        Returns the settled record: the balancer's facts with the user's verdict. A user who gave up before
        the balancer did settles alone, and what the balancer says later is not counted again.
        """
        with self._lock:
            if self.patience_s and exchange.id in self._waiting:
                self.changed.wait_for(lambda: self._waiting[exchange.id] is not None, self.patience_s)
            seen = self._waiting.pop(exchange.id, None)
            settled = _judged(seen, exchange) if seen else exchange
            if seen is None:
                self._alone[exchange.id] = None
                if len(self._alone) > MOST_LATE:
                    self._alone.popitem(last=False)
            self._settle(settled)
            return settled

    def since(self, cursor: int = 0) -> tuple[int, list[Exchange]]:
        """Exchanges settled after `cursor` (0 for all kept) and the cursor for the next call."""
        with self._lock:
            fresh = min(self._total - cursor, len(self._settled))
            if fresh > 1000:
                # Reaching into the middle of a deque is slow, copying it is not.
                return self._total, list(self._settled)[-fresh:]
            return self._total, [self._settled[i] for i in range(-fresh, 0)]

    def counts(self) -> Counts:
        """Totals so far."""
        with self._lock:
            return Counts(**self._counts, by_backend=dict(sorted(self._by_backend.items())))

    def percentile_s(self, percent: float) -> float | None:
        """The nearest-rank percentile of the kept latencies in seconds; None before any exchange.

        Taken over all single latencies: percentiles of percentiles are never averaged.
        """
        return percentile(sorted(each.latency_s for each in self._copy()), percent)

    def imbalance(self, among: Iterable[str] | None = None) -> float | None:
        """Busiest backend over the mean of all, also of those that served none; None before any exchange.

        1.0 is even, the number of backends is everything on one. `among` names the backends to compare, such as
        those of one service; None: all there are, and were.
        """
        served = self.counts().by_backend
        return imbalance(served, {*self.backends(), *served} if among is None else among)

    def to_json(self, target: str | Path | TextIO) -> None:
        """Write the kept exchanges as a JSON array, one record a line, to a path or an open text file."""
        records.write_json(self._rows(), target)

    def to_csv(self, target: str | Path | TextIO) -> None:
        """Write the kept exchanges as CSV (RFC 4180), one record a line, to a path or an open text file."""
        records.write_csv(self._rows(), COLUMNS, target)

    def to_frame(self) -> Any:
        """The kept exchanges as a `pandas.DataFrame`, one row each.

        Raises:
            PandasMissing: pandas is not installed.
        """
        return records.frame(self._rows(), COLUMNS)

    def _rows(self) -> list[dict[str, Any]]:
        return records.as_rows(self._copy(), DERIVED)

    def _copy(self) -> list[Exchange]:
        # Whoever reads long must not hold up the balancer.
        with self._lock:
            return list(self._settled)

    def _settle(self, exchange: Exchange) -> None:
        self._settled.append(exchange)
        self._total += 1
        self._counts["served" if exchange.served else "failed"] += 1
        self._counts["lost"] += exchange.lost is True
        self._counts["bytes_up"] += exchange.bytes_up
        self._counts["bytes_down"] += exchange.bytes_down
        if exchange.served and exchange.backend:
            self._by_backend[exchange.backend] += 1
        self.changed.notify_all()


DERIVED = ("latency_s", "served")
COLUMNS = (*(each.name for each in fields(Exchange)), *DERIVED)
"""Of every export: the fields of an exchange, then what follows from them."""


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile of values in ascending order; None if there are none.

    Raises:
        ValueError: `percent` is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"percent is {percent!r}; it must be above 0 and at most 100")
    return ordered[max(0, -int(-percent * len(ordered) // 100) - 1)] if ordered else None


def imbalance(served: Mapping[str, int], among: Iterable[str]) -> float | None:
    """The largest share over the mean share of the backends `among`; None if none of them served."""
    shares = [served.get(name, 0) for name in among]
    return max(shares) * len(shares) / sum(shares) if any(shares) else None


def _judged(seen: Exchange, told: Exchange) -> Exchange:
    return replace(
        seen,
        user=told.user,
        lost=told.lost,
        sentence=told.sentence,
        status=told.status,
        error=told.error or seen.error,
        definite=told.definite and seen.definite,
        started_s=told.started_s or seen.started_s,
        duration_s=told.duration_s or seen.duration_s,
        intended_s=told.intended_s,
    )
