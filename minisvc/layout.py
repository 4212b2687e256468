"""What to run, as data: which services, how many instances, where state lives, how requests are routed.

A notebook builds one, the cluster runs one. Readable as YAML (`minisvc.layout_file`). Imports nothing heavy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from minisvc.abilities import health_faults, policy_fault
from minisvc.errors import LayoutError
from minisvc.field_faults import address, choice, seconds, twice, unknown, whole
from minisvc.keeping import Keeping

SERVICES = ("cart", "catalog", "assistant", "accounts", "payments", "webhooks")
STATES = (
    "memory",
    "replicated_memory",
    "client_store",
    "signed_cookie",
    "encrypted_cookie",
    "signed_token",
    "soft_affinity",
    "redis",
    "memcached",
    "sqlite",
    "postgres",
    "opaque_token",
)
DATABASES = ("sqlite", "postgres")
STORES = {
    ("redis", "rediss", "unix"): "redis://127.0.0.1:6379/0",
    ("memcached",): "memcached://127.0.0.1:11211",
    ("postgresql",): "postgresql://name:word@127.0.0.1:5432/shop",
}
"""Addresses of real stores: the schemes of each kind, and an example."""
STORE_OF = {
    "redis": ("redis", "rediss", "unix"),
    "opaque_token": ("redis", "rediss", "unix"),
    "soft_affinity": ("redis", "rediss", "unix"),
    "memcached": ("memcached",),
    "postgres": ("postgresql",),
}
"""Which of them a state takes; other states need none."""
POLICIES = (
    "round_robin",
    "weighted",
    "random",
    "least_connections",
    "two_choices",
    "source_hash",
    "ring_hash",
    "rendezvous",
    "bounded_load",
)
KEYS = ("client", "path")
AFFINITIES = ("cookie", "header", "source")
RETRIES = ("unsent", "idempotent")
HOSTS = ("thread", "process")
BALANCERS = ("builtin", "nginx", "haproxy")
MOST_INSTANCES = 26
"""Instances are named a to z."""

_PATH = re.compile(r"/|(/[A-Za-z0-9._~-]+)+")
_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_APP = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How the balancer asks each backend whether it is well, and what it learns from ordinary traffic.

    Attributes:
        interval_s, timeout_s, fall, rise: a backend is out after `fall` failed checks in a row and back after
            `rise` good ones, as HAProxy's inter, timeout check, fall and rise. The built-in balancer begins a check
            interval_s after the one before has ended; worst detection time: (interval_s + timeout_s) * fall.
        path: what is asked for; any 2xx is well.
        eject_after: consecutive failures (5xx, broken connections) in ordinary traffic that eject a backend,
            as Envoy's outlier detection (consecutive_5xx); 0 never does.
        eject_s: how long the first ejection lasts; each further one lasts that much longer.
        slow_start_s: after it came back, a backend's weight grows over this time from a tenth to the whole, as
            with NGINX's slow_start; 0 gives it at once.
    """

    interval_s: float = 0.5
    timeout_s: float = 0.5
    fall: int = 2
    rise: int = 1
    path: str = "/healthz"
    eject_after: int = 0
    eject_s: float = 5.0
    slow_start_s: float = 0.0

    def faults(self) -> list[str]:
        """What is wrong with it, one sentence a fault ("" for none)."""
        return [
            seconds("health.interval_s", self.interval_s, 0.001),
            seconds("health.timeout_s", self.timeout_s, 0.001),
            seconds("health.eject_s", self.eject_s, 0),
            seconds("health.slow_start_s", self.slow_start_s, 0),
            whole("health.fall", self.fall, 1, 100),
            whole("health.rise", self.rise, 1, 100),
            whole("health.eject_after", self.eject_after, 0, 1000),
            "" if str(self.path).startswith("/") else f"health.path is {self.path!r}; it must begin with /.",
        ]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: an upstream of equal instances.

    Attributes:
        service: one of `SERVICES`, or a WSGI app of yours as "module:name" (an app, or a function that takes
            the instance's name and returns one).
        path: requests whose path is this prefix, or below it, come here; the longest prefix wins.
        instances: 1 to 26; named "a", "b", "c", ... (with the service before it where there are several).
        state: where sessions live, one of `STATES`.
        policy: how the balancer picks a backend for a request that is bound to none, one of `POLICIES`.
        key: what policies hash that hash something: "client" (the affinity header, or else the address), or "path",
            so that equal requests meet in one instance and its cache (NGINX: hash $uri; HAProxy: balance uri).
        affinity: "cookie" binds each client to the backend that first answered it, strongly; "header" (by
            `affinity_header`) and "source" (by address) derive the backend from the request, which holds
            only as long as the pool stays the same; None binds nobody.
        affinity_header: the field that header affinity and keyed policies read, such as "X-User".
        weights: one whole number from 1 to 100 an instance, for policies that weigh; None: all equal.
        store_url: a real store to use, such as "redis://127.0.0.1:6379/0"; None starts one.
        keeping: how sessions are kept there; `Layout.but` takes its fields directly.
        database: where a service that has records of its own (accounts, payments, webhooks) keeps them, one of
            `DATABASES`; it is opened for such services alone.
        database_url: a real PostgreSQL to use for them; None starts one, or makes a file.
    """

    service: str = "cart"
    path: str = "/"
    instances: int = 3
    state: str = "memory"
    policy: str = "round_robin"
    key: str = "client"
    affinity: str | None = None
    affinity_header: str = "X-User"
    weights: tuple[int, ...] | None = None
    store_url: str | None = None
    keeping: Keeping = field(default_factory=Keeping)
    database: str = "sqlite"
    database_url: str | None = None

    @property
    def name(self) -> str:
        """A short name: that of the service, or of the module that holds the app."""
        return str(self.service).partition(":")[0].rpartition(".")[2]

    def faults(self) -> list[str]:
        """What is wrong with it, one sentence a fault ("" for none)."""
        return [
            "" if _APP.fullmatch(str(self.service)) else choice("service", self.service, SERVICES),
            "" if _PATH.fullmatch(str(self.path)) else f"path is {self.path!r}; it must be like / or /api.",
            whole("instances", self.instances, 1, MOST_INSTANCES),
            choice("state", self.state, STATES),
            choice("policy", self.policy, POLICIES),
            choice("key", self.key, KEYS),
            "" if self.affinity is None else choice("affinity", self.affinity, AFFINITIES, none=True),
            ""
            if _FIELD.fullmatch(str(self.affinity_header))
            else f"affinity_header is {self.affinity_header!r}; it must be a field's name such as X-User.",
            self._weight_fault(),
            self._store_fault(),
            choice("database", self.database, DATABASES),
            address("database_url", self.database_url, ("postgresql",), STORES["postgresql",]),
            *self.keeping.faults(),
        ]

    def _store_fault(self) -> str:
        wanted = STORE_OF.get(self.state) if isinstance(self.state, str) else None
        if wanted is None:
            return address("store_url", self.store_url, sum(STORES, ()), ", ".join(STORES.values()))
        return address("store_url", self.store_url, wanted, f'{STORES[wanted]} (for state "{self.state}")')

    def _weight_fault(self) -> str:
        weights = self.weights
        if weights is None or (
            isinstance(weights, tuple)
            and len(weights) == self.instances
            and all(isinstance(each, int) and 1 <= each <= 100 for each in weights)
        ):
            return ""
        return f"weights is {weights!r}; it must be a whole number from 1 to 100 for each of the instances."


@dataclass(frozen=True, slots=True)
class Layout:
    """Services behind one balancer. Most have one: `Layout.of("cart", instances=3, state="memory")`.

    Attributes:
        services: one or more, each with a path prefix of its own.
        host: "thread" runs instances in this process, "process" each in one of its own.
        balancer: "builtin", or "nginx" or "haproxy" where that program is on PATH.
        retry: "unsent" tries another backend only if nothing was sent (a refused connection);
            "idempotent" also repeats idempotent requests that had been sent (RFC 9110 section 9.2.2),
            which hides crashes: off in lessons that show one.
        port: the balancer's port on loopback, 0 for a free one.
        health: how backends are checked.

    Raises:
        LayoutError: with every fault at once.
    """

    services: tuple[Service, ...] = (Service(),)
    host: str = "thread"
    balancer: str = "builtin"
    retry: str = "unsent"
    port: int = 0
    health: HealthCheck = field(default_factory=HealthCheck)

    def __post_init__(self) -> None:
        faults = [fault for fault in self._faults() if fault]
        if faults:
            raise LayoutError(faults)

    @classmethod
    def of(cls, service: str = "cart", **changes: Any) -> Layout:
        """A layout of one service; `changes` are fields of `Service` or of `Layout`."""
        return cls().but(service=service, **changes)

    @property
    def service_names(self) -> tuple[str, ...]:
        """The services' names, in order."""
        return tuple(each.name for each in self.services)

    def find(self, name: str | None = None) -> Service:
        """The service of that name; None means the only one.

        Raises:
            LayoutError: there is none of that name, or there are several and none was named.
        """
        if name is None and len(self.services) == 1:
            return self.services[0]
        for each in self.services:
            if each.name == name:
                return each
        if name is None:
            raise LayoutError([f"The layout has several services: name one of {', '.join(self.service_names)}."])
        raise LayoutError([unknown("service", name, self.service_names)])

    def instance_names(self, service: Service) -> tuple[str, ...]:
        """The names "a", "b", "c", ... or, where there are several services, "cart-a", "cart-b", ..."""
        prefix = f"{service.name}-" if len(self.services) > 1 else ""
        return tuple(f"{prefix}{chr(ord('a') + index)}" for index in range(service.instances))

    def but(self, in_service: str | None = None, /, **changes: Any) -> Layout:
        """The same layout with some fields changed, checked again.

        Fields of `Service`, and of its `Keeping`, change the service called `in_service` (None: the only one).

        Raises:
            LayoutError: an unknown field, or the changed layout's faults.
        """
        known = sorted(_KEEPING_FIELDS | _SERVICE_FIELDS | _LAYOUT_FIELDS)
        strange = [unknown("field", name, known) for name in changes if name not in known]
        if strange:
            raise LayoutError(strange)
        own = {name: value for name, value in changes.items() if name in _LAYOUT_FIELDS}
        inner = {name: value for name, value in changes.items() if name in _SERVICE_FIELDS}
        kept = {name: value for name, value in changes.items() if name in _KEEPING_FIELDS}
        if inner or kept:
            changed = self.find(in_service)
            inner["keeping"] = replace(inner.get("keeping", changed.keeping), **kept)
            own["services"] = tuple(replace(each, **inner) if each is changed else each for each in self.services)
        return replace(self, **own)

    def _faults(self) -> list[str]:
        several = len(self.services) > 1
        return [
            "" if self.services else "services is empty; a layout needs at least one.",
            *(
                f"{each.name}: {fault}" if several and fault else fault
                for each in self.services
                for fault in each.faults()
            ),
            twice("path", [each.path for each in self.services]),
            twice("service", list(self.service_names)),
            choice("host", self.host, HOSTS),
            choice("balancer", self.balancer, BALANCERS),
            choice("retry", self.retry, RETRIES),
            whole("port", self.port, 0, 65535),
            *self.health.faults(),
            *(policy_fault(self.balancer, each.policy) for each in self.services),
            *health_faults(self.balancer, eject_after=self.health.eject_after, slow_start_s=self.health.slow_start_s),
        ]


_SERVICE_FIELDS = frozenset(each.name for each in fields(Service))
_LAYOUT_FIELDS = frozenset(each.name for each in fields(Layout))
_KEEPING_FIELDS = frozenset(each.name for each in fields(Keeping))
