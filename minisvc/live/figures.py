"""What the live view shows, as plain data, and how it is taken from a running cluster."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from minisvc.clock import Clock, monotonic
from minisvc.cluster import Cluster
from minisvc.exchange import Event, Exchange

WINDOW_S = 10.0
"""Rate and percentiles are those of exchanges that ended within this time."""
MOST_IN_WINDOW = 20_000
EVENTS_KEPT = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One instance.

    Attributes:
        status: as `BackendView.status`.
        share: its part of all served answers, 0 to 1; None before any.
        in_flight: exchanges that it has in hand.
        carts: carts with something in them that it keeps itself, those included to which no cookie leads any more.
    """

    name: str
    service: str
    status: str
    share: float | None
    in_flight: int
    carts: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One moment of a cluster.

    Attributes:
        carts_elsewhere: carts in the store, and carts that users carry themselves.
        store: what instances and store have said to each other so far, in words; "" where nobody counts it.
        served, failed: every exchange so far is one of them.
        lost, checked: how many answers were compared with what their user knew, and how many contradicted it.
        per_s, p50_s, p99_s: of the last `WINDOW_S`; None where nothing ended in it.
        last_lost: the latest contradiction in words; "" before any.
        events: the latest, oldest first.
    """

    rows: tuple[Row, ...]
    carts_elsewhere: tuple[int, int]
    store: str
    served: int
    failed: int
    lost: int
    checked: int
    per_s: float
    p50_s: float | None
    p99_s: float | None
    last_lost: str
    events: tuple[Event, ...]

    @property
    def up(self) -> float | None:
        """The part that was served, 0 to 1; None before any exchange."""
        total = self.served + self.failed
        return self.served / total if total else None

    @property
    def correct(self) -> float | None:
        """The part of the compared answers that their user agreed with, 0 to 1; None before any."""
        return 1 - self.lost / self.checked if self.checked else None


class Watch:
    """Takes figures again and again; what it has read of the ledger, it does not read again."""

    def __init__(self, cluster: Cluster, clock: Clock = monotonic) -> None:
        self._cluster, self._clock = cluster, clock
        self._exchange_cursor = self._event_cursor = 0
        self._checked, self._last_lost = 0, ""
        self._recent: deque[tuple[float, float]] = deque(maxlen=MOST_IN_WINDOW)
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._carts: Counter[str] = Counter()
        self._since_s = clock()

    def look(self) -> Figures:
        """The figures of this moment."""
        self._exchange_cursor, exchanges = self._cluster.ledger.since(self._exchange_cursor)
        self._event_cursor, events = self._cluster.events.since(self._event_cursor)
        self._events.extend(events)
        self._fold(exchanges)
        now_s, counts = self._clock(), self._cluster.ledger.counts()
        traffic = self._cluster.store_traffic()
        durations = sorted(duration for ended, duration in self._recent if ended > now_s - WINDOW_S)
        return Figures(
            rows=tuple(self._rows(counts.by_backend)),
            carts_elsewhere=(self._carts["store"], self._carts["client"]),
            store=str(traffic.total) if traffic else "",
            served=counts.served,
            failed=counts.failed,
            lost=counts.lost,
            checked=self._checked,
            per_s=len(durations) / max(1.0, min(WINDOW_S, now_s - self._since_s)),
            p50_s=_percentile(durations, 50),
            p99_s=_percentile(durations, 99),
            last_lost=self._last_lost,
            events=tuple(self._events),
        )

    def count_carts(self) -> None:
        """Count the carts anew, unless a command holds the cluster: then the former count stays."""
        if not self._cluster.lock.acquire(blocking=False):
            return
        try:
            held = self._cluster.holdings()
        finally:
            self._cluster.lock.release()
        self._carts = Counter(each.place for each in held if each.items)

    def _fold(self, exchanges: Iterable[Exchange]) -> None:
        for each in exchanges:
            self._recent.append((each.started_s + each.duration_s, each.duration_s))
            self._checked += each.lost is not None
            if each.lost:
                self._last_lost = each.sentence

    def _rows(self, by_backend: Mapping[str, int]) -> Iterable[Row]:
        total = sum(by_backend.values())
        services = self._cluster.layout.services
        for each in self._cluster.backends:
            yield Row(
                name=each.name,
                service=next((s.name for s in services if each.name.startswith(f"{s.name}-")), services[0].name),
                status=each.status,
                share=by_backend.get(each.name, 0) / total if total else None,
                in_flight=each.in_flight,
                carts=self._carts[each.name],
            )


def wall_clock(event: Event) -> str:
    """When it happened, as a clock on the wall shows it."""
    return time.strftime("%H:%M:%S", time.localtime(time.time() - time.monotonic() + event.at_s))


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile of what is in order; None of nothing."""
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)] if ordered else None
