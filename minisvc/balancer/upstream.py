"""The pool's books and its decisions: who is in, who is bound to whom, who gets the next request. No I/O.

The rules, in order:
1. A client that is bound to a backend (affinity) goes there while it is healthy, even if it drains.
2. Anybody else goes to a ready backend that the policy picks, and is bound to it if affinity is on.
3. A backend that this request has already failed on is not tried again.
4. Nobody left: `NoHealthyBackend`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from minisvc.errors import NoHealthyBackend
from minisvc.layout import HealthCheck
from minisvc.policies import Policy

AFFINITY_COOKIE = "statewise_backend"


@dataclass(slots=True)
class Backend:
    """A member of the upstream as the balancer sees it.

    Attributes:
        token: the affinity cookie's value. Random, so that a forged one binds nobody, and so that
            clients do not learn how the pool is built.
        draining: gets no request that is not bound to it.
        out: taken out by hand; gets nothing.
        failures, successes: health checks in a row.
        because: why it is unhealthy; "" while it is healthy.
    """

    name: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    draining: bool = False
    out: bool = False
    healthy: bool = True
    failures: int = 0
    successes: int = 0
    because: str = ""

    def admit(self) -> None:
        """Let it have requests again, if it is healthy."""
        self.out = self.draining = False

    def drain(self) -> None:
        """Let it have only requests that are bound to it."""
        self.draining = True

    def take_out(self) -> None:
        """Let it have no request at all."""
        self.out = True

    @property
    def status(self) -> str:
        """One word or phrase, as in a `NoHealthyBackend` message."""
        if self.out:
            return "stopped"
        if not self.healthy:
            return f"unhealthy ({self.because})"
        return "draining" if self.draining else "up"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a request goes, why in words, and whether the client is to be bound there."""

    backend: Backend
    why: str
    bind: bool


class Upstream:
    """Backends in layout order, the policy and the affinity. Used from one thread at a time."""

    def __init__(
        self,
        name: str,
        backends: Iterable[Backend],
        policy: Policy,
        affinity: str | None,
        health: HealthCheck,
    ) -> None:
        self.name = name
        self.backends = {backend.name: backend for backend in backends}
        self._by_token = {backend.token: backend for backend in self.backends.values()}
        self.policy, self.affinity, self.health = policy, affinity, health

    def choose(self, cookies: str = "", tried: Collection[str] = ()) -> Choice:
        """Decide for a request with this Cookie field, which has failed on the backends in `tried`.

        Raises:
            NoHealthyBackend: none is left.
        """
        bound = self._bound(cookies) if self.affinity else None
        if bound and bound.healthy and not bound.out and bound.name not in tried:
            return Choice(bound, f"sticky: its cookie names {bound.name}", bind=False)
        ready = [
            name
            for name, backend in self.backends.items()
            if backend.healthy and not backend.out and not backend.draining and name not in tried
        ]
        if not ready:
            raise NoHealthyBackend(self.name, {b.name: self._why_not(b, tried) for b in self.backends.values()})
        picked = self.policy.pick(ready)
        turn = f"{self.policy.name} picked {picked}"
        why = f"its cookie names {bound.name}, which is {bound.status}; {turn}" if bound else turn
        return Choice(self.backends[picked], why, bind=self.affinity is not None)

    def observe(self, name: str, fault: str = "") -> bool:
        """A health check's result ("" for well); whether the backend's health changed by it."""
        backend, before = self.backends[name], self.backends[name].healthy
        if fault:
            backend.failures, backend.successes = backend.failures + 1, 0
            if backend.failures >= self.health.fall:
                backend.because = f"{backend.failures} of {self.health.fall} checks failed: {fault}"
                backend.healthy = False
        else:
            backend.failures, backend.successes = 0, backend.successes + 1
            if backend.successes >= self.health.rise:
                backend.healthy, backend.because = True, ""
        backend.failures = min(backend.failures, self.health.fall)
        return backend.healthy != before

    def refused(self, name: str, reason: str) -> bool:
        """A connection could not be made: out at once, until a health check succeeds. True if news."""
        backend = self.backends[name]
        news = backend.healthy
        backend.healthy, backend.successes, backend.because = False, 0, reason
        return news

    def _bound(self, cookies: str) -> Backend | None:
        for pair in cookies.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == AFFINITY_COOKIE:
                return self._by_token.get(value)
        return None

    def _why_not(self, backend: Backend, tried: Collection[str]) -> str:
        return "failed on this request" if backend.name in tried and backend.healthy else backend.status


def affinity_cookie(backend: Backend) -> str:
    """The Set-Cookie value that binds a client to `backend`: a session cookie, closed to scripts."""
    return f"{AFFINITY_COOKIE}={backend.token}; Path=/; HttpOnly; SameSite=Lax"
