"""What faults and operations need of a running cluster: its pools, its balancer, its ledger and its commands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from minisvc.balancer import Backend, Balancer, Upstream
from minisvc.errors import UnknownInstance
from minisvc.exchange import Ledger
from minisvc.layout import Layout
from minisvc.pool import Pool

T = TypeVar("T")


class Commands(Protocol):
    """The cluster's own commands, which write themselves into its diary."""

    layout: Layout

    @property
    def is_open(self) -> bool:
        """Whether it runs."""

    def crash(self, name: str, /) -> None:
        """Kill an instance."""

    def restart(self, name: str, /) -> None:
        """Start it again."""

    def stop(self, name: str, /) -> None:
        """Take it out in order."""

    def drain(self, name: str, /) -> None:
        """Send it no new clients."""

    def hang(self, name: str, /) -> None:
        """Let it answer nothing."""

    def resume(self, name: str, /) -> None:
        """Let it go on."""


class Front(Protocol):
    """The balancer, be it our own or a real one."""

    def call(self, function: Callable[[], T], /) -> T:
        """Run `function`, which may change backends, where that is safe."""

    def find(self, name: str, /) -> tuple[Upstream, Backend]:
        """The backend of that name and its upstream; raises KeyError if there is none."""

    def check_now(self, name: str, /) -> bool:
        """Check one backend's health at once; whether it is healthy now."""

    def add(self, upstream: Upstream, backend: Backend, /) -> None:
        """One more backend."""

    def remove(self, name: str, /) -> None:
        """One backend less."""


@dataclass(frozen=True)
class Stage:
    """A running cluster from inside.

    Attributes:
        commands: the cluster.
        pools: by service name.
        lock: held by whoever gives a command.
        say: writes into the diary: kind, target, sentence.
    """

    commands: Commands
    pools: Mapping[str, Pool]
    balancer: Front
    ledger: Ledger
    lock: threading.RLock
    say: Callable[[str, str | None, str], None]

    @property
    def is_open(self) -> bool:
        """Whether the cluster still runs."""
        return self.commands.is_open

    @property
    def counts_in_flight(self) -> bool:
        """Whether the balancer says how many exchanges each backend has in hand; real ones do not."""
        return isinstance(self.balancer, Balancer)

    def pool_of(self, instance: str) -> Pool:
        """The pool that an instance belongs to.

        Raises:
            UnknownInstance: there is none of that name.
        """
        for pool in self.pools.values():
            if instance in pool.hosts:
                return pool
        raise UnknownInstance(instance, [name for pool in self.pools.values() for name in pool.hosts])

    def pool_with_store(self, service: str | None) -> Pool:
        """The pool whose store is meant: that of a service, or (None) the first that has one, or the first.

        Raises:
            LayoutError: there is no service of that name.
        """
        if service is not None:
            return self.pools[self.commands.layout.find(service).name]
        return next((pool for pool in self.pools.values() if pool.store_use.store), next(iter(self.pools.values())))

    def has(self, instance: str) -> bool:
        """Whether there is an instance of that name: it may have been scaled in."""
        return self.is_open and any(instance in pool.hosts for pool in self.pools.values())

    def suspect(self, instance: str, fault: str, everything: bool | None) -> None:
        """Let exchanges of an instance be put down to a fault, as `Balancer.suspect` says; a real balancer in its
        place knows nothing of faults, so that it is only written down.
        """
        if isinstance(self.balancer, Balancer):
            self.balancer.suspect(instance, fault, everything)
        elif everything is None:
            self.backend(instance).suspects.pop(fault, None)
        else:
            self.backend(instance).suspects[fault] = everything

    def backend(self, instance: str) -> Backend:
        """An instance as the balancer sees it; only the balancer's thread may change it."""
        return self.balancer.find(instance)[1]
