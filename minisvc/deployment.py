"""A layout as it runs: started and closed as one, looked at from outside. `Cluster` is what people give commands to."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
import weakref
from types import TracebackType
from typing import Self

from minisvc.balancer import Backend, Balancer
from minisvc.errors import NotRunning, UnknownInstance
from minisvc.exchange import Event, Events, Ledger
from minisvc.footprint import Footprint, MemoryReport
from minisvc.host import Host
from minisvc.layout import Layout, Service
from minisvc.pool import Pool
from minisvc.proxies import PROXIES, Proxy
from minisvc.replicas import Counts
from minisvc.stores.store import Store
from minisvc.stores.traffic import StoreTraffic
from minisvc.users import Loads, Traffic, User
from minisvc.views import BackendView, Holding, find_holdings

_running: weakref.WeakValueDictionary[str, Deployment] = weakref.WeakValueDictionary()
"""Open clusters by name: opening one closes its predecessor, as when a notebook cell runs twice."""

_unnamed = itertools.count(1)


class Deployment:
    """Runs a `Layout`; see `Cluster` for what it is given and what it shows."""

    def __init__(
        self, service: str | Layout = "cart", /, *, name: str | None = None, seed: int = 1, **fields: object
    ) -> None:
        layout = service if isinstance(service, Layout) else Layout.of(service)
        self.layout = layout.but(**fields)
        self.name = name or f"{'-'.join(self.layout.service_names)}-{next(_unnamed)}"
        self.seed = seed
        self.lock = threading.RLock()
        self.ledger, self.events = Ledger(), Events()
        self._users: list[User] = []
        self._traffic: Traffic | None = None
        # Traffic that was stopped while a hung instance kept some of its turns waiting.
        self._resting: list[Traffic] = []
        self._loads, self._footprint = Loads(self.ledger, seed), Footprint()
        self._pools: dict[str, Pool] = {}
        self._balancer: Balancer | Proxy | None = None
        self._undo = contextlib.ExitStack()
        self._fault_numbers = itertools.count(1)

    def start(self) -> Self:
        """Start everything; on any failure, what had started is stopped again.

        Raises:
            PortTaken: the layout's port is in use.
            StoreUnavailable: the store could not be started or reached.
        """
        predecessor = _running.get(self.name)
        if predecessor is not None and predecessor is not self:
            predecessor.close()
        with self.lock:
            if self._balancer:
                return self
            try:
                self._open()
                _running[self.name] = self
                stores = [each.says for name in self._pools if (each := self.store_of(name))]
                kept = f" The store is {' and '.join(stores)}." if stores else ""
                what = f"{' and '.join(self._pools)}: {len(self.backends)} instances at {self.url}."
                self._say("start", None, what + kept)
            except BaseException:
                self._balancer = None
                self._undo.close()
                raise
        return self

    def close(self) -> None:
        """Stop users, balancer, instances and store. Closing twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that server threads had kept.
        """
        self._let_go_on()
        try:
            self.stop_traffic()
            self._loads.close()
        finally:
            self._close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What there is to see.

    @property
    def is_open(self) -> bool:
        """Whether it runs."""
        return self._balancer is not None

    @property
    def url(self) -> str:
        """The balancer's address: curl and a browser can talk to it."""
        return f"http://127.0.0.1:{self._on('ask for the address').port}"

    def service(self, name: str | None = None) -> Service:
        """The service of that name as it runs now; None means the only one."""
        return self.layout.find(name)

    @property
    def store(self) -> Store | None:
        """The shared store, if state lives in one (the first, if services have several)."""
        return next((each for name in self._pools if (each := self.store_of(name))), None)

    def store_of(self, service: str) -> Store | None:
        """The store of one service; None if it has none, or nothing runs."""
        return self._pools[service].store_use.store if self.is_open else None

    def store_traffic(self, service: str | None = None) -> StoreTraffic | None:
        """Round trips and bytes between each instance and the store of a service (None: of the first that has one).

        They are counted since the store is that service's, over crashes of either. None where there is no store, or
        none that is reached over plain TCP, so that no link counts.

        Raises:
            LayoutError: there is no service of that name.
        """
        wanted = [self.layout.find(service).name] if service else list(self._pools)
        uses = [self._pools[name].store_use for name in wanted if self.is_open]
        return next((use.traffic for use in uses if use.store), None)

    @property
    def users(self) -> tuple[User, ...]:
        """The simulated users so far."""
        return tuple(self._users)

    @property
    def backends(self) -> tuple[BackendView, ...]:
        """The instances and their statuses, in layout order."""
        return tuple(
            BackendView(host.name, self._status(host, backend), host.port, backend.in_flight)
            for pool in self._pools.values()
            for host in pool.hosts.values()
            # One that comes or goes just now may be known to one side only.
            if (backend := pool.upstream.backends.get(host.name))
        )

    def holdings(self) -> tuple[Holding, ...]:
        """Every cart that is alive, with its place and its owner."""
        with self.lock:
            return find_holdings(self._pools.values(), self._users) if self.is_open else ()

    def memory(self) -> MemoryReport:
        """What sessions cost the instances, accounted and, in process mode, measured; see `minisvc.footprint`."""
        with self.lock:
            return self._footprint.look(host for pool in self._pools.values() for host in pool.hosts.values())

    def replication(self) -> Counts:
        """What instances did to keep copies of sessions in their memory (`replicated_memory`), since each started."""
        with self.lock:
            return sum((pool.mechanism.replication() for pool in self._pools.values()), Counts())

    # What ends by itself when it closes.

    def stop_traffic(self) -> None:
        """Let them rest, after the turns under way. One that a hung instance keeps waiting is not waited for here."""
        with self.lock:
            resting, self._resting = [*self._resting, *([self._traffic] if self._traffic else [])], []
            self._traffic = None
        self._resting += [traffic for traffic in resting if not traffic.stop(leave=self._hangs)]

    # How it is done.

    def _close(self) -> None:
        with self.lock:
            if self._balancer:
                self._say("close", None, "Closed.")
            if _running.get(self.name) is self:
                del _running[self.name]
            self._balancer = None
            self._undo.close()

    def _open(self) -> None:
        self._pools = {each.name: Pool(self.layout, each, self.seed) for each in self.layout.services}
        for pool in self._pools.values():
            self._undo.callback(pool.close)
            pool.open()
        pools = self._pools
        self.ledger.backends = lambda: [name for pool in pools.values() for name in pool.hosts]
        balancer = self._make_balancer()
        self._undo.callback(balancer.stop)
        balancer.start(self.layout.port)
        self._undo.callback(self._close_users)
        self._balancer = balancer

    def _make_balancer(self) -> Balancer | Proxy:
        upstreams = [pool.upstream for pool in self._pools.values()]

        def noticed(name: str, said: str) -> None:
            self._say("health", name, said)

        if self.layout.balancer == "builtin":
            return Balancer(upstreams, self.ledger, retry=self.layout.retry, noticed=noticed)
        return PROXIES[self.layout.balancer](upstreams, self.ledger, layout=lambda: self.layout, noticed=noticed)

    def _hangs(self) -> bool:
        return any(each.status == "hung" for each in self.backends)

    def _let_go_on(self) -> None:
        # Traffic stops after its present turn, which must not wait for what will not answer.
        with self.lock:
            for each in self.backends if self.is_open else ():
                if each.status == "hung":
                    self._host(each.name).resume()

    def _close_users(self) -> None:
        for user in self._users:
            user.close()

    def _status(self, host: Host, backend: Backend) -> str:
        if host.status != "up" or not self.is_open:
            return host.status
        return backend.status(time.monotonic()).split(" ")[0]

    def _host(self, name: str) -> Host:
        self._on(f'reach instance "{name}"')
        hosts = {host.name: host for pool in self._pools.values() for host in pool.hosts.values()}
        if name not in hosts:
            raise UnknownInstance(name, hosts)
        return hosts[name]

    def _pool(self, service: str | None, command: str) -> Pool:
        self._on(command)
        return self._pools[self.layout.find(service).name]

    def _on(self, command: str) -> Balancer | Proxy:
        if self._balancer is None:
            raise NotRunning(self.name, command)
        return self._balancer

    def _say(self, kind: str, target: str | None, sentence: str) -> None:
        self.events.add(Event(time.monotonic(), kind, target, sentence))
