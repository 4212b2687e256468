"""What to run, as data: which service, how many instances, where state lives, how requests are routed.

A notebook builds one, the cluster runs one. Imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from minisvc.errors import LayoutError, did_you_mean

SERVICES = ("cart",)
STATES = ("memory", "signed_cookie", "redis")
POLICIES = ("round_robin", "random")
AFFINITIES = ("cookie",)
RETRIES = ("unsent", "idempotent")
MOST_INSTANCES = 26
"""Instances are named a to z."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How the balancer asks each backend whether it is well.

    A backend is out after `fall` failures in a row and back after `rise` successes in a row, as in
    HAProxy's `inter`, `fall` and `rise`. Worst detection time: interval_s * fall + timeout_s.
    """

    interval_s: float = 0.5
    timeout_s: float = 0.5
    fall: int = 2
    rise: int = 1
    path: str = "/healthz"


@dataclass(frozen=True, slots=True)
class Layout:
    """One service behind one balancer.

    Attributes:
        service: one of `SERVICES`.
        instances: 1 to 26; they are named "a", "b", "c", ...
        state: where sessions live, one of `STATES`.
        policy: how the balancer picks a backend for a request that is not bound to one.
        affinity: "cookie" binds each client to the backend that first answered it; None binds nobody.
        retry: "unsent" tries another backend only if nothing was sent (a refused connection);
            "idempotent" also repeats idempotent requests that had been sent (RFC 9110 section 9.2.2),
            which hides crashes: off in lessons that show one.
        port: the balancer's port on loopback, 0 for a free one.
        store_url: a real Redis to use, such as "redis://127.0.0.1:6379/0"; None starts one.
        health: how backends are checked.

    Raises:
        LayoutError: with every fault at once.
    """

    service: str = "cart"
    instances: int = 3
    state: str = "memory"
    policy: str = "round_robin"
    affinity: str | None = None
    retry: str = "unsent"
    port: int = 0
    store_url: str | None = None
    health: HealthCheck = field(default_factory=HealthCheck)

    def __post_init__(self) -> None:
        faults = [fault for fault in self._faults() if fault]
        if faults:
            raise LayoutError(faults)

    @property
    def names(self) -> tuple[str, ...]:
        """The instances' names: "a", "b", "c", ..."""
        return tuple(chr(ord("a") + index) for index in range(self.instances))

    def but(self, **changes: Any) -> Layout:
        """The same layout with some fields changed, checked again."""
        unknown = set(changes) - {each.name for each in fields(self)}
        if unknown:
            raise LayoutError([_unknown("field", name, (f.name for f in fields(self))) for name in unknown])
        return replace(self, **changes)

    def _faults(self) -> list[str]:
        return [
            _choice("service", self.service, SERVICES),
            _whole("instances", self.instances, 1, MOST_INSTANCES),
            _choice("state", self.state, STATES),
            _choice("policy", self.policy, POLICIES),
            "" if self.affinity is None else _choice("affinity", self.affinity, AFFINITIES, none=True),
            _choice("retry", self.retry, RETRIES),
            _whole("port", self.port, 0, 65535),
            _store("store_url", self.store_url),
        ]


def _unknown(what: str, value: object, known: Any) -> str:
    return f"{what} {value!r} is not known.{did_you_mean(value, known)}"


def _choice(name: str, value: object, allowed: tuple[str, ...], *, none: bool = False) -> str:
    if value in allowed:
        return ""
    return _unknown(name, value, (*allowed, "None") if none else allowed)


def _whole(name: str, value: object, least: int, most: int) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return ""
    return f"{name} is {value!r}; it must be a whole number from {least} to {most}."


def _store(name: str, value: str | None) -> str:
    if value is None or (urlsplit(value).scheme in {"redis", "rediss", "unix"} and len(value) < 2048):
        return ""
    return f"{name} is {value!r}; it must be a Redis address such as redis://127.0.0.1:6379/0, or left out."
