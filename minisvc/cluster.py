"""The facade: a service, its instances, a balancer and simulated users, as one thing to break.

>>> with Cluster("cart", instances=3, state="memory", affinity="cookie") as shop:
...     users = shop.add_users(3)
...     for user in users: user.add("apples")
...     shop.crash("a")
...     [user.check().lost for user in users]
[True, False, False]
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
import weakref
from types import TracebackType
from typing import Any, Self

from minisvc.autoscaler import Autoscaler, Scaling
from minisvc.balancer import Backend, Balancer
from minisvc.clock import Clock, monotonic
from minisvc.errors import NotRunning, UnknownInstance
from minisvc.exchange import Event, Events, Ledger
from minisvc.faults import Fault, read
from minisvc.footprint import Footprint, MemoryReport
from minisvc.host import Host
from minisvc.injection import Injection
from minisvc.layout import Layout, Service
from minisvc.operations import GRACE_S, READY_WITHIN_S, rolling_restart, scale
from minisvc.policies import POLICIES
from minisvc.pool import Pool
from minisvc.proxies import PROXIES, Proxy
from minisvc.stage import Stage
from minisvc.stores.redis_server import Store
from minisvc.users import Journey, Load, LoadResult, Loads, Running, Target, Told, Traffic, User
from minisvc.views import BackendView, Holding, find_holdings, owners_in

_running: weakref.WeakValueDictionary[str, Cluster] = weakref.WeakValueDictionary()
"""Open clusters by name: opening one closes its predecessor, as when a notebook cell runs twice."""

_unnamed = itertools.count(1)


class Cluster:
    """Runs a `Layout`. Use it as a context manager, or call `start` and `close`.

    Every command may be given from any thread; commands wait for each other.

    Args:
        service: which service, or a whole `Layout` in its place.
        name: opening a second cluster of the same name closes the first; None makes a new name.
        seed: for everything that is left to chance; shown so that a run can be repeated.
        fields: fields of `Layout`, or of its only `Service`.

    Attributes:
        layout: what runs now.
        ledger: every exchange so far.
        events: what was done to the cluster.

    Raises:
        LayoutError: with every fault of the layout at once.
    """

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
                self._say("start", None, f"{' and '.join(self._pools)}: {len(self.backends)} instances at {self.url}.")
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
        if not self.is_open:
            return None
        return next((pool.mechanism.store for pool in self._pools.values() if pool.mechanism.store), None)

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

    # What there is to do.

    def add_users(self, count: int, service: str | None = None) -> tuple[User, ...]:
        """New users "c1", "c2", ... of a service (None: the only one), who have not done anything yet."""
        with self.lock:
            pool = self._pool(service, "add users")
            url, cookie = self.url + pool.service.path.removesuffix("/"), pool.mechanism.cookie.name
            first = len(self._users) + 1
            fresh = [User(f"c{number}", url, self.ledger, cookie) for number in range(first, first + count)]
            self._users += fresh
        return tuple(fresh)

    def crash(self, name: str) -> None:
        """Kill an instance: connections reset, memory gone. The balancer has to find out by itself."""
        with self.lock:
            balancer, host, victims = self._on("crash"), self._host(name), owners_in(name, self.holdings())
            host.crash()
            # The resets have left; let the balancer's loop take notice before the next request does.
            balancer.call(lambda: None)
            lost = f" {victims}" if victims else " No cart was in it."
            self._say("crash", name, f"{name} crashed.{lost}")

    def hang(self, name: str) -> None:
        """Let an instance keep its connections and answer nothing. The balancer has to find out by itself."""
        with self.lock:
            self._host(name).hang()
            self._say("hang", name, f"{name} hangs: it keeps its connections and answers nothing.")

    def resume(self, name: str) -> None:
        """Let a hung instance go on where it was."""
        with self.lock:
            self._host(name).resume()
            self._say("resume", name, f"{name} goes on where it was.")

    def restart(self, name: str) -> None:
        """Start an instance again on its port, with an empty memory; returns when requests reach it."""
        with self.lock:
            self._revive(self._host(name))
            self._say("restart", name, f"{name} is back, with an empty memory.")

    def stop(self, name: str, grace_s: float = 5.0) -> None:
        """Take an instance out in order: requests in flight are finished first."""
        with self.lock:
            host, balancer = self._host(name), self._on("stop")
            balancer.call(balancer.find(name)[1].take_out)
            host.stop(grace_s)
            self._say("stop", name, f"{name} stopped in order; its memory is gone too.")

    def drain(self, name: str) -> None:
        """Send an instance no new clients; those that are bound to it still reach it."""
        with self.lock:
            self._host(name)
            balancer = self._on("drain")
            balancer.call(balancer.find(name)[1].drain)
            self._say("drain", name, f"{name} drains: it gets no new clients.")

    def fault(self, kind: str | Fault, /, *instances: str, clock: Clock = monotonic, **fields: Any) -> Injection:
        """Break something for as long as a `with` lasts: one of `minisvc.faults.FAULTS`, at instances or in the store.

        `fields` are the fault's own, `clock` is that of timed scripts. What comes back knows which exchanges it
        `touched`.

        Raises:
            FaultError: with everything that is wrong with the fault.
        """
        if not isinstance(kind, Fault):
            kind = read({"fault": kind, **({"instance": instances} if instances else {}), **fields})
        name = f"{kind.kind}-{next(self._fault_numbers)}"
        return Injection(self._stage("break anything"), kind, name, clock)

    def scale(self, instances: int, service: str | None = None, *, grace_s: float = GRACE_S) -> None:
        """Let a service have so many instances: new ones join once they are healthy, and none fails a request.

        Raises:
            LayoutError: no such number, which is 1 to 26.
            NotReady: a new instance did not get healthy.
        """
        stage = self._stage("scale")
        scale(stage, self._pool(service, "scale"), instances, grace_s=grace_s)

    def rolling_restart(
        self, service: str | None = None, *, drain: bool = True, ready_timeout_s: float = READY_WITHIN_S
    ) -> None:
        """Restart a service's instances one at a time. With `drain` no request fails; memory is lost all the same.

        Raises:
            NotReady: an instance did not get healthy in time; those after it were left alone.
        """
        stage = self._stage("restart anything")
        rolling_restart(stage, self._pool(service, "restart"), drain=drain, ready_timeout_s=ready_timeout_s)

    def autoscale(self, service: str | None = None, *, clock: Clock = monotonic, **fields: Any) -> Autoscaler:
        """Scale a service by its load for as long as a `with` lasts; `fields` are those of `Scaling`, such as `target`.

        Raises:
            ScalingError: with everything that is wrong with them.
        """
        return Autoscaler(self._stage("autoscale"), self._pool(service, "autoscale"), Scaling(**fields), clock)

    def set_sticky(self, sticky: bool, service: str | None = None) -> None:
        """Bind clients to instances by a cookie, or not."""
        said = f"Sticky routing is {'on' if sticky else 'off'}."
        self._route("sticky", said, service, affinity="cookie" if sticky else None)

    def set_affinity(self, affinity: str | None, service: str | None = None) -> None:
        """Bind clients in one of `minisvc.layout.AFFINITIES`, or not at all (None)."""
        self._route("sticky", f"Affinity is now by {affinity or 'nothing'}.", service, affinity=affinity)

    def set_policy(self, policy: str, service: str | None = None) -> None:
        """Choose how unbound requests are spread, one of `minisvc.layout.POLICIES`."""
        self._route("policy", f"The policy is now {policy}.", service, policy=policy)

    def set_retry(self, retry: str) -> None:
        """Choose what may be sent twice, one of `minisvc.layout.RETRIES`."""
        with self.lock:
            balancer, self.layout = self._on("change retries"), self.layout.but(retry=retry)
            balancer.call(lambda: setattr(balancer, "retry", retry))
            self._say("retry", None, f"Retries are now: {retry}.")

    def move_state(self, state: str, service: str | None = None) -> None:
        """Keep sessions elsewhere: every instance starts afresh, and every user with an empty cart.

        Raises:
            LayoutError: no such state.
            StoreUnavailable: its store could not be started; the old state stays.
        """
        with self.lock:
            pool = self._pool(service, "move the state")
            layout = self.layout.but(pool.service.name, state=state)
            former = pool.replace_state(layout.find(pool.service.name))
            self.layout = layout
            for host in pool.hosts.values():
                self._revive(host)
            former.close()
            for user in self._users:
                user.forget()
            self._loads.forget()
            self._say("state", None, f"State lives in {state} now; everybody starts with an empty cart.")

    @property
    def traffic_on(self) -> bool:
        """Whether users take turns by themselves."""
        return self._traffic is not None

    def start_traffic(self, rate: float = 4.0) -> None:
        """Let the users take turns in the background, `rate` a second over all of them."""
        self.stop_traffic()
        with self.lock:
            self._on("start traffic")
            self._traffic = Traffic(lambda: self._users, rate, self.seed)

    def stop_traffic(self) -> None:
        """Let them rest."""
        with self.lock:
            traffic, self._traffic = self._traffic, None
        if traffic:
            traffic.stop()

    def load(
        self,
        journey: str | Journey | Load = "shopper",
        *,
        service: str | None = None,
        progress: Told | bool | None = None,
        **fields: Any,
    ) -> LoadResult:
        """Let up to thousands of users do something, and say what came of it.

        Args:
            journey: a name, a generator function, or a whole `Load` in its place.
            service: whose users they are; None means the only one.
            progress: is called ten times a second with what happened so far; True shows a line.
            fields: fields of `Load`, such as `users`, `rate` and `duration_s`; `seed` is the cluster's if not given.

        Raises:
            LoadError: with every fault of the load at once.
        """
        load = self._loads.plan(journey, fields).with_an_end()
        with self.start_load(load, service=service, progress=progress) as running:
            return running.result()

    def start_load(
        self,
        journey: str | Journey | Load = "shopper",
        *,
        service: str | None = None,
        progress: Told | bool | None = None,
        **fields: Any,
    ) -> Running:
        """The same in the background, so that something can be broken meanwhile; `stop()` or `result()` ends it."""
        load = self._loads.plan(journey, fields)
        with self.lock:
            pool = self._pool(service, "start a load")
            target = Target.at(self.url + pool.service.path, lambda: pool.hosts)
            return self._loads.start(load, target, progress)

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

    def _let_go_on(self) -> None:
        # Traffic stops after its present turn, which must not wait for what will not answer.
        with self.lock:
            for each in self.backends if self.is_open else ():
                if each.status == "hung":
                    self._host(each.name).resume()

    def _close_users(self) -> None:
        for user in self._users:
            user.close()

    def _route(self, kind: str, sentence: str, service: str | None, **changes: str | None) -> None:
        with self.lock:
            pool, balancer = self._pool(service, f"change {kind}"), self._on(f"change {kind}")
            self.layout = self.layout.but(pool.service.name, **changes)
            pool.service = self.layout.find(pool.service.name)

            def apply() -> None:
                if "policy" in changes:
                    pool.upstream.policy = POLICIES[pool.service.policy](self.seed)
                pool.upstream.affinity = pool.service.affinity

            balancer.call(apply)
            self._say(kind, None, sentence)

    def _revive(self, host: Host) -> None:
        balancer = self._on("restart")
        host.stop()
        host.start()
        self._stage("restart").pool_of(host.name).tell(host.name)
        balancer.call(balancer.find(host.name)[1].admit)
        balancer.check_now(host.name)

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

    def _stage(self, command: str) -> Stage:
        return Stage(self, self._pools, self._on(command), self.ledger, self.lock, self._say)

    def _say(self, kind: str, target: str | None, sentence: str) -> None:
        self.events.add(Event(time.monotonic(), kind, target, sentence))
