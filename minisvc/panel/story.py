"""What has happened, told in sentences and along a time line: the panel's memory of a cluster.

The ledger and the events of a cluster are read forward with cursors, so each is told once. The times
of both are monotonic; the story counts seconds from the moment at which it began.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minisvc.clock import Clock, monotonic
from minisvc.panel.outages import Outage, Outages

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.exchange import Event, Exchange

SPAN_S = 60
LINES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the log; `kind` is an event's kind, ``lost``, ``failed`` or ``error``."""

    number: int
    at_s: float
    kind: str
    sentence: str


@dataclass(slots=True)
class Second:
    """What ended within one second of the time line."""

    served: int = 0
    failed: int = 0
    lost: int = 0


class Story:
    """Read a cluster's ledger and events forward and keep what a person wants to look back on.

    Attributes:
        lines: the latest sentences; `told` counts all there ever were.
        seconds: what ended in each second since the story began, for the last minute.
        contradicted: users whose last assertion was false.
    """

    def __init__(self, cluster: Cluster, now: Clock = monotonic) -> None:
        self._cluster, self._now = cluster, now
        self._ledger_at = self._events_at = self.told = 0
        self.began_s = now()
        self.lines: deque[Line] = deque(maxlen=LINES)
        self.seconds: dict[int, Second] = {}
        self._outages = Outages()
        self.contradicted: set[str] = set()

    @property
    def outages(self) -> list[Outage]:
        """Faults to shade, the earliest first."""
        return list(self._outages.all)

    @property
    def ailing(self) -> dict[str, tuple[str, ...]]:
        """What is wrong now, by instance (or "store"), in a word or two each."""
        return self._outages.ailing()

    @property
    def now_s(self) -> float:
        """Seconds since the story began."""
        return self._now() - self.began_s

    def read(self) -> tuple[Exchange, ...]:
        """Take in what is new, and return the new exchanges."""
        self._events_at, events = self._cluster.events.since(self._events_at)
        self._ledger_at, exchanges = self._cluster.ledger.since(self._ledger_at)
        for event in events:
            self._tell_event(event)
        for exchange in exchanges:
            self._tell_exchange(exchange)
        self._forget()
        return tuple(exchanges)

    def say(self, kind: str, sentence: str, at_s: float | None = None) -> None:
        """Add a sentence to the log; `at_s` on the monotonic clock, now when not given."""
        self.told += 1
        moment = (self._now() if at_s is None else at_s) - self.began_s
        self.lines.append(Line(self.told, max(0.0, moment), kind, sentence))

    def _tell_event(self, event: Event) -> None:
        self.say(event.kind, event.sentence, event.at_s)
        self._outages.take(event, event.at_s - self.began_s)

    def _tell_exchange(self, exchange: Exchange) -> None:
        ended_s = exchange.started_s + exchange.duration_s
        second = self.seconds.setdefault(int(ended_s - self.began_s), Second())
        if exchange.lost:
            second.lost += 1
            self.say("lost", exchange.sentence, ended_s)
        if not exchange.served:
            second.failed += 1
            self.say("failed", _failure(exchange), ended_s)
        else:
            second.served += 1
        self._remember_assertion(exchange)

    def _remember_assertion(self, exchange: Exchange) -> None:
        if exchange.user and exchange.lost is not None:
            (self.contradicted.add if exchange.lost else self.contradicted.discard)(exchange.user)

    def _forget(self) -> None:
        oldest = self._now() - self.began_s - SPAN_S
        for second in [each for each in self.seconds if each < oldest - 1]:
            del self.seconds[second]
        self._outages.forget(oldest)


def _failure(exchange: Exchange) -> str:
    reason = exchange.error or exchange.why or "no answer"
    return f"{exchange.user or 'A client'} got {exchange.status or 'no answer'}: {reason}"
