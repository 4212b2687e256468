"""The facade: a service, its instances, a balancer and simulated users, as one thing to break.

>>> with Cluster("cart", instances=3, state="memory", affinity="cookie") as shop:
...     users = shop.add_users(3)
...     for user in users: user.add("apples")
...     shop.crash("a")
...     [user.check().lost for user in users]
[True, False, False]
"""

from __future__ import annotations

from typing import Any

from minisvc.autoscaler import Autoscaler, Scaling
from minisvc.clock import Clock, monotonic
from minisvc.deployment import Deployment
from minisvc.errors import WrongStatus
from minisvc.faults import Fault, read
from minisvc.host import KILL, RESET, Host
from minisvc.injection import Injection
from minisvc.operations import GRACE_S, READY_WITHIN_S, rolling_restart, rotate_key, scale
from minisvc.policies import POLICIES
from minisvc.stage import Stage
from minisvc.users import Journey, Load, LoadResult, Running, Target, Told, Traffic, User
from minisvc.views import owners_in

SEEN_AS = {None: "", KILL: ", killed: its connections ended (FIN)", RESET: ", its connections reset (RST)"}
"""What the diary says of the kinds of crash, where one was asked for."""


class Cluster(Deployment):
    """Runs a `Layout`, and breaks it. Use it as a context manager, or call `start` and `close`.

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

    def add_users(self, count: int, service: str | None = None) -> tuple[User, ...]:
        """New users "c1", "c2", ... of a service (None: the only one), who have not done anything yet."""
        with self.lock:
            pool = self._pool(service, "add users")
            url, cookie = self.url + pool.service.path.removesuffix("/"), pool.mechanism.cookie.name
            first = len(self._users) + 1
            fresh = [User(f"c{number}", url, self.ledger, cookie) for number in range(first, first + count)]
            self._users += fresh
        return tuple(fresh)

    def crash(self, name: str, how: str | None = None) -> None:
        """Let an instance die at once: connections and memory gone. The balancer has to find out by itself.

        Args:
            name: the instance.
            how: what its clients see: ``kill`` an end of file (FIN), as of a process that is killed; ``reset`` a reset
                (RST), as of a machine that has restarted. None: what comes of itself where it runs, ``reset`` in a
                thread and ``kill`` in a process.

        Raises:
            FaultError: no such kind.
            WrongStatus: it is not running; or its process hangs, and cannot reset anything.
        """
        with self.lock:
            balancer, host, victims = self._on("crash"), self._host(name), owners_in(name, self.holdings())
            host.crash(how)
            # The ends have left; let the balancer's loop take notice before the next request does.
            balancer.call(lambda: None)
            lost = f" {victims}" if victims else " No cart was in it."
            self._say("crash", name, f"{name} crashed{SEEN_AS[how]}.{lost}")

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
        """Start an instance again on its port, its memory empty but for copies; returns when requests reach it."""
        with self.lock:
            self._revive(self._host(name))
            memory = self._stage("restart").pool_of(name).memory_of(name)
            self._say("restart", name, f"{name} is back, with {memory}.")

    def stop(self, name: str, grace_s: float = 5.0) -> None:
        """Take an instance out in order: requests in flight are finished first."""
        with self.lock:
            host, balancer = self._host(name), self._on("stop")
            balancer.call(balancer.find(name)[1].take_out)
            host.stop(grace_s)
            self._say("stop", name, f"{name} stopped in order; its memory is gone too.")

    def crash_store(self, service: str | None = None) -> None:
        """Kill the store of a service (None: of the first that has one); instances stay up and find out by themselves.

        Raises:
            FaultError: there is none, it is down already, or it is not the lab's to kill.
        """
        self._store_command(service, "crash", "crashed: {lost}")

    def restart_store(self, service: str | None = None) -> None:
        """Start a crashed store again on its port, with what it had on disk and nothing else.

        Raises:
            FaultError: there is none that is down.
            StoreUnavailable: it does not come up.
        """
        self._store_command(service, "restart", "is back: {lost}")

    def wipe_store(self, service: str | None = None) -> None:
        """Let a store lose all that it holds, and stay up.

        Raises:
            FaultError: there is none, it is down, or it is not the lab's to empty.
        """
        self._store_command(service, "wipe", "has lost all that it held")

    def drain(self, name: str) -> None:
        """Send an instance no new clients; those that are bound to it still reach it. `undrain` ends that."""
        with self.lock:
            self._host(name)
            balancer = self._on("drain")
            balancer.call(balancer.find(name)[1].drain)
            self._say("drain", name, f"{name} drains: it gets no new clients.")

    def undrain(self, name: str) -> None:
        """Send a draining instance new clients again; it keeps what it has in its memory.

        Raises:
            WrongStatus: it does not drain.
        """
        with self.lock:
            status, balancer = self._host(name).status, self._on("undrain")
            backend = balancer.find(name)[1]
            if not backend.draining:
                raise WrongStatus(name, status, "undrain", f'Only one that was drained can be: drain("{name}").')
            balancer.call(backend.undrain)
            self._say("undrain", name, f"{name} gets new clients again.")

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

    def rotate_key(self, service: str | None = None) -> None:
        """Change the key that signs sessions in tokens, by rolling restarts, and log nobody out.

        The former key is believed until the next change: make that when its tokens have expired (`idle_s`).

        Raises:
            LayoutError: the service's state has no such key.
        """
        stage = self._stage("rotate a key")
        rotate_key(stage, self._pool(service, "rotate a key"))

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
            store = pool.mechanism.store
            where = f"{state} ({store.says})" if store else state
            self._say("state", None, f"State lives in {where} now; everybody starts with an empty cart.")

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

    def _store_command(self, service: str | None, command: str, became: str) -> None:
        with self.lock:
            pool = self._stage(f"{command} the store").pool_with_store(service)
            getattr(pool.store_use, f"{command}_store")()
            store = pool.store_use.store
            assert store
            lost = "what it had confirmed is on disk" if store.durable else "all that it held is gone"
            self._say("store", "store", f"The store, {store.kind}, {became.format(lost=lost)}.")

    def _revive(self, host: Host) -> None:
        balancer = self._on("restart")
        host.stop()
        host.start()
        self._stage("restart").pool_of(host.name).tell(host.name)
        balancer.call(balancer.find(host.name)[1].admit)
        balancer.check_now(host.name)

    def _stage(self, command: str) -> Stage:
        return Stage(self, self._pools, self._on(command), self.ledger, self.lock, self._say)
