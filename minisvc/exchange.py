"""What happened: one record an exchange, and the ledger that adds them up.

*Served* and *lost* are two figures. An exchange is served when some answer other than a server error
came back; it is lost when a user had asserted what it did and the answer contradicted it. A cluster
can be fully up and wrong at the same time, which is what the ledger is there to show.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KEPT = 200_000
"""Exchanges kept for questions afterwards; counts go on beyond it."""


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
        started_s, duration_s: monotonic seconds.
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
    `changed` is notified at each settlement, for those who would wait for one.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.changed = threading.Condition(self._lock)
        self._waiting: dict[str, Exchange | None] = {}
        self._settled: deque[Exchange] = deque(maxlen=KEPT)
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._by_backend: Counter[str] = Counter()

    def expect(self, exchange_id: str) -> None:
        """A user is about to send this request and will judge its answer."""
        with self._lock:
            self._waiting[exchange_id] = None

    def record(self, exchange: Exchange) -> None:
        """What the balancer saw. Settles the exchange unless a user is to judge it."""
        with self._lock:
            if exchange.id in self._waiting:
                self._waiting[exchange.id] = exchange
            else:
                self._settle(exchange)

    def judge(self, exchange: Exchange) -> Exchange:
        """The user's verdict: its name, `lost`, `sentence` and, if no answer came, the error.

        Returns the settled record: the balancer's facts with the user's verdict.
        """
        with self._lock:
            seen = self._waiting.pop(exchange.id, None) or exchange
            settled = replace(
                seen,
                user=exchange.user,
                lost=exchange.lost,
                sentence=exchange.sentence,
                status=exchange.status,
                error=exchange.error or seen.error,
                definite=exchange.definite and seen.definite,
            )
            self._settle(settled)
            return settled

    def since(self, cursor: int = 0) -> tuple[int, list[Exchange]]:
        """Exchanges settled after `cursor` (0 for all kept) and the cursor for the next call."""
        with self._lock:
            fresh = min(self._total - cursor, len(self._settled))
            start = len(self._settled) - fresh
            return self._total, [self._settled[i] for i in range(start, len(self._settled))]

    def counts(self) -> Counts:
        """Totals so far."""
        with self._lock:
            return Counts(**self._counts, by_backend=dict(sorted(self._by_backend.items())))

    def percentile_s(self, percent: float) -> float | None:
        """The nearest-rank percentile of the kept durations in seconds; None before any exchange.

        Taken over all single durations: percentiles of percentiles are never averaged.
        """
        if not 0 < percent <= 100:
            raise ValueError(f"percent is {percent!r}; it must be above 0 and at most 100")
        with self._lock:
            durations = sorted(each.duration_s for each in self._settled)
        return durations[max(0, -int(-percent * len(durations) // 100) - 1)] if durations else None

    def imbalance(self) -> float | None:
        """Busiest backend over the mean of those that served: 1.0 is even; None before any exchange."""
        shares = self.counts().by_backend.values()
        return max(shares) * len(shares) / sum(shares) if shares else None

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
