"""One service as it runs: its instances, where their state lives, and the upstream that routes to them."""

from __future__ import annotations

import contextlib
from typing import Any

from minisvc import state as states
from minisvc.balancer import Backend, Upstream
from minisvc.database import Database
from minisvc.errors import LayoutError
from minisvc.host import Host, ProcessHost, Recipe, ThreadHost, start_all
from minisvc.layout import Layout, Service
from minisvc.policies import POLICIES
from minisvc.services import needs_database
from minisvc.stores.use import StoreUse

HOSTS: dict[str, type[ThreadHost] | type[ProcessHost]] = {"thread": ThreadHost, "process": ProcessHost}


class Pool:
    """Instances of one service.

    Attributes:
        service: what runs now.
        hosts: its instances by name, in order.
        upstream: how requests reach them; only the balancer's thread may change it.
        mechanism: where sessions live.
        database: where the service keeps records of its own; None for a service that has none.
        effects: what each instance is told to do wrong: by its name, then by the fault's.
        refusals: ports on which nobody listens, to which the balancer is led instead of an instance; the last counts.
    """

    def __init__(self, layout: Layout, service: Service, seed: int) -> None:
        self.service = service
        self._layout, self._seed = layout, seed
        self._undo = contextlib.ExitStack()
        self.hosts: dict[str, Host] = {}
        self.upstream = Upstream(service, [], POLICIES[service.policy](seed), layout.health)
        self.mechanism: states.Mechanism
        self.database: Database | None = None
        self.effects: dict[str, dict[str, dict[str, Any]]] = {}
        self.refusals: dict[str, list[int]] = {}

    def open(self) -> None:
        """Start the store, if there is to be one, and every instance, side by side."""
        self._check_in_reach()
        self.mechanism = self._build(self.service)
        self._undo.callback(self._close_state)
        if needs_database(self.service.service):
            self.database = Database(self.service)
            self._undo.callback(self.database.close)
        for name in self._layout.instance_names(self.service):
            self.hosts[name] = self._host(name)
        weights = self.service.weights or (1,) * len(self.hosts)
        start_all(self.hosts.values())
        for host, weight in zip(self.hosts.values(), weights, strict=True):
            self.upstream.backends[host.name] = Backend(host.name, host.port, full_weight=weight)

    @property
    def store_use(self) -> StoreUse:
        """The store that faults mean: that of the sessions, or of the service's records where sessions have none."""
        return self.database if self.database and not self.mechanism.store else self.mechanism

    def close(self) -> None:
        """Stop the instances, then the store.

        Raises:
            BaseExceptionGroup: exceptions that server threads had kept.
        """
        self._undo.close()

    def add(self, name: str) -> Backend:
        """Start one more instance."""
        host = self._host(name)
        host.start()
        # A new dict each time: others may be looking through the old one.
        self.hosts = {**self.hosts, name: host}
        return Backend(name, host.port)

    def remove(self, name: str) -> None:
        """Forget an instance that was stopped."""
        self.hosts = {each: host for each, host in self.hosts.items() if each != name}
        self.effects.pop(name, None)
        self.mechanism.left(name)

    def tell(self, name: str) -> None:
        """Let an instance know what it is to do wrong now; also after each start, for it begins unharmed."""
        self.hosts[name].tell(list(self.effects.get(name, {}).values()))

    def memory_of(self, name: str) -> str:
        """What is in the memory of an instance that has just started: nothing, unless others held copies."""
        count = len(self.hosts[name].sessions())
        return f"{count} session{'s' * (count != 1)} from its neighbours" if count else "an empty memory"

    def replace_state(self, service: Service) -> states.Mechanism:
        """Let instances that start from now on keep sessions elsewhere; returns the former mechanism."""
        fresh = self._build(service)
        former, self.mechanism, self.service = self.mechanism, fresh, service
        for host in self.hosts.values():
            host.factory = self._recipe(host.name)
            fresh.watch(host.name, host.sessions)
        return former

    def renew_terms(self) -> None:
        """Let instances that start from now on know what the mechanism says now, such as a new key."""
        for host in self.hosts.values():
            host.factory = self._recipe(host.name)

    def _close_state(self) -> None:
        # Looked up now: it may have been replaced since the pool opened.
        self.mechanism.close()

    def _build(self, service: Service) -> states.Mechanism:
        # Cookies do not know ports, and a path is no boundary: several services need names of their own.
        cookie = f"{service.name}_session" if len(self._layout.services) > 1 else states.COOKIE
        return states.build(service, cookie=states.Cookie(cookie, service.path))

    def _host(self, name: str) -> Host:
        kind = HOSTS[self._layout.host]
        host: Host = kind(name, self._recipe(name), self.service.name, mount=self.service.path)
        self.mechanism.watch(name, host.sessions)
        # Before it starts: Ctrl-C may come right after.
        self._undo.callback(host.stop)
        return host

    def _recipe(self, instance: str) -> Recipe:
        access = self.database.access(instance) if self.database else None
        return Recipe(self.service.service, self.mechanism.terms(instance), access)

    def _check_in_reach(self) -> None:
        service = self.service.service
        if self._layout.host == "process" and service.startswith("__main__:"):
            why = "an instance in a process of its own cannot see what this program defines: put it in a module."
            raise LayoutError([f"service is {service!r}; {why}"])
