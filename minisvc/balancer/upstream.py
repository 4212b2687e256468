"""A pool's books and its decisions: who is in, who is bound to whom, who gets the next request. No I/O.

The rules, in order:
1. A client that is bound to a backend (affinity) goes there while it is healthy, even if it drains.
2. Anybody else goes to a ready backend that the policy picks, and is bound to it if affinity is by cookie.
3. A backend that this request has already failed on is not tried again.
4. Nobody left: `NoHealthyBackend`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from minisvc.clock import Clock, monotonic
from minisvc.errors import NoHealthyBackend
from minisvc.layout import HealthCheck, Service
from minisvc.policies import Candidate, Policy, Rendezvous

LEAST_SHARE = 0.1
"""The share of its weight with which a backend comes back under slow start."""
NEVER = float("-inf")


@dataclass(slots=True)
class Backend:
    """A member of the upstream as the balancer sees it.

    Attributes:
        token: the affinity cookie's value. Random, so that a forged one binds nobody, and so that
            clients do not learn how the pool is built.
        full_weight: 1 to 100; weight: what counts of it now (less than full under slow start).
        in_flight: exchanges that it has in hand.
        draining: gets no request that is not bound to it.
        out: taken out by hand; gets nothing.
        failures, successes: health checks in a row.
        errors: failures in ordinary traffic in a row; ejections: how often they put it out.
        ejected_until_s: when the last ejection ends.
        back_since_s: when it came back; its weight grows from then on (slow start).
        because: why it is unhealthy; "" while it is healthy.
        suspects: names of the faults at work on it; True if one touches every exchange, False if it is
            to blame only for those that fail.
    """

    name: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    full_weight: int = 1
    weight: float = field(init=False)
    in_flight: int = 0
    draining: bool = False
    out: bool = False
    healthy: bool = True
    failures: int = 0
    successes: int = 0
    errors: int = 0
    ejections: int = 0
    ejected_until_s: float = NEVER
    back_since_s: float = NEVER
    because: str = ""
    suspects: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.weight = self.full_weight

    def admit(self) -> None:
        """Let it have requests again, if it is healthy."""
        self.out = self.draining = False

    def drain(self) -> None:
        """Let it have only requests that are bound to it."""
        self.draining = True

    def undrain(self) -> None:
        """Let it have any request again, if nothing else speaks against it."""
        self.draining = False

    def take_out(self) -> None:
        """Let it have no request at all."""
        self.out = True

    def usable(self, now_s: float) -> bool:
        """Whether it can have requests that are bound to it."""
        return self.healthy and not self.out and self.ejected_until_s <= now_s

    def status(self, now_s: float) -> str:
        """One word or phrase, as in a `NoHealthyBackend` message."""
        if self.out:
            return "stopped"
        if not self.healthy:
            return f"unhealthy ({self.because})"
        if self.ejected_until_s > now_s:
            return f"ejected ({self.errors} errors in a row)"
        return "draining" if self.draining else "up"


@dataclass(slots=True)
class Ask:
    """What a decision needs to know of a request: its Cookie field, source address, affinity header and path.

    `tried` names the backends on which it has already failed.
    """

    cookies: str = ""
    source: str = ""
    header: str = ""
    path: str = ""
    tried: Collection[str] = ()


@dataclass(slots=True)
class Choice:
    """Where a request goes, why in words, and whether the client is to be bound there."""

    backend: Backend
    why: str
    bind: bool


class Upstream:
    """The backends of one service in layout order, the policy and the affinity. One thread at a time.

    Attributes:
        path: the prefix of the paths that come here; also the affinity cookie's Path.
        cookie: the affinity cookie's name.
        by_path: whether policies hash the request's path, not its client.
        affinity_header: the field that header affinity reads, in lower case.
    """

    def __init__(
        self,
        service: Service,
        backends: Iterable[Backend],
        policy: Policy,
        health: HealthCheck | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self.name, self.path, self.cookie = service.name, service.path, f"statewise_{service.name}"
        self.backends = {backend.name: backend for backend in backends}
        self.policy, self.affinity, self.health = policy, service.affinity, health or HealthCheck()
        self.by_path = service.key == "path"
        self.affinity_header = service.affinity_header.lower().encode()
        self._derive = Rendezvous()
        self._clock = clock

    def covers(self, path: str) -> bool:
        """Whether requests for `path` come here: the prefix itself, or anything below it."""
        return path == self.path or path.startswith(f"{self.path.removesuffix('/')}/")

    def choose(self, ask: Ask) -> Choice:
        """Decide for one request.

        Raises:
            NoHealthyBackend: none is left.
        """
        now_s = self._clock()
        bound = self._bound(ask) if self.affinity == "cookie" else None
        if bound and bound.usable(now_s) and bound.name not in ask.tried:
            return Choice(bound, f"sticky: its cookie names {bound.name}", bind=False)
        ready: list[Candidate] = [
            backend
            for backend in self.backends.values()
            if not backend.draining and backend.usable(now_s) and backend.name not in ask.tried
        ]
        if not ready:
            raise NoHealthyBackend(self.name, {b.name: _why_not(b, ask, now_s) for b in self.backends.values()})
        if self.health.slow_start_s:
            for backend in self.backends.values():
                backend.weight = self._weight(backend, now_s)
        picked, why = self._pick(ready, ask)
        if bound:
            why = f"its cookie names {bound.name}, which is {_why_not(bound, ask, now_s)}; {why}"
        return Choice(self.backends[picked], why, bind=self.affinity == "cookie")

    def status(self, name: str) -> str:
        """A backend's status now."""
        return self.backends[name].status(self._clock())

    def observe(self, name: str, fault: str = "") -> bool:
        """A health check's result ("" for well); whether the backend's health changed by it."""
        backend, before = self.backends[name], self.backends[name].healthy
        if fault:
            backend.failures, backend.successes = min(backend.failures + 1, self.health.fall), 0
            if backend.failures >= self.health.fall:
                backend.because = f"{backend.failures} of {self.health.fall} checks failed: {fault}"
                backend.healthy = False
        else:
            backend.failures, backend.successes = 0, backend.successes + 1
            if not backend.healthy and backend.successes >= self.health.rise:
                backend.healthy, backend.because, backend.errors = True, "", 0
                backend.back_since_s = self._clock()
        return backend.healthy != before

    def refused(self, name: str, reason: str) -> bool:
        """A connection could not be made: out at once, until a health check succeeds. True if news."""
        backend = self.backends[name]
        news = backend.healthy
        backend.healthy, backend.successes, backend.because = False, 0, reason
        return news

    def answered(self, name: str, *, well: bool) -> bool:
        """What ordinary traffic tells of a backend; True if it is ejected for it (outlier detection)."""
        backend, limit, now_s = self.backends[name], self.health.eject_after, self._clock()
        backend.errors = 0 if well else backend.errors + 1
        if not limit or backend.errors < limit or backend.ejected_until_s > now_s:
            return False
        backend.ejections += 1
        backend.ejected_until_s = now_s + self.health.eject_s * backend.ejections
        backend.back_since_s = backend.ejected_until_s
        return True

    def _weight(self, backend: Backend, now_s: float) -> float:
        share = (now_s - backend.back_since_s) / self.health.slow_start_s
        return backend.full_weight * min(1.0, max(LEAST_SHARE, share))

    def _pick(self, ready: list[Candidate], ask: Ask) -> tuple[str, str]:
        key = ask.source if self.affinity == "source" else ask.header if self.affinity == "header" else ""
        if key:
            picked = self._derive.pick(ready, key)
            return picked, f"sticky by {self.affinity}: {key} belongs to {picked}"
        picked = self.policy.pick(ready, ask.path if self.by_path else ask.header or ask.source)
        return picked, f"{self.policy.name} picked {picked}"

    def _bound(self, ask: Ask) -> Backend | None:
        for pair in ask.cookies.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self.cookie:
                return next((each for each in self.backends.values() if each.token == value), None)
        return None


def affinity_cookie(upstream: Upstream, backend: Backend) -> str:
    """The Set-Cookie value that binds a client to `backend`: a session cookie, closed to scripts."""
    return f"{upstream.cookie}={backend.token}; Path={upstream.path}; HttpOnly; SameSite=Lax"


def route(upstreams: Collection[Upstream], path: str) -> Upstream | None:
    """The upstream with the longest prefix of `path`; None if none covers it."""
    return max((each for each in upstreams if each.covers(path)), key=lambda each: len(each.path), default=None)


def find(upstreams: Iterable[Upstream], name: str) -> tuple[Upstream, Backend]:
    """The backend of that name and its upstream.

    Raises:
        KeyError: there is none.
    """
    for upstream in upstreams:
        if name in upstream.backends:
            return upstream, upstream.backends[name]
    raise KeyError(name)


def _why_not(backend: Backend, ask: Ask, now_s: float) -> str:
    tried = backend.name in ask.tried and backend.usable(now_s)
    return "failed on this request" if tried else backend.status(now_s)
