"""What a client's connection needs of the balancer around it."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from minisvc.balancer.backend_side import BackendSide
from minisvc.balancer.timeouts import Timeouts
from minisvc.balancer.upstream import Backend, Upstream
from minisvc.exchange import Ledger


class Carrier(Protocol):
    """Knows the upstreams, keeps connections to their backends, and hears how these do."""

    ledger: Ledger
    retry: str
    timeouts: Timeouts
    closing: bool
    clients: set[Any]
    loop: asyncio.AbstractEventLoop

    def route(self, path: str) -> Upstream | None:
        """The upstream for a path; None if there is none."""

    def idle_side(self, backend: Backend) -> BackendSide | None:
        """An open connection to that backend that nobody uses, or None."""

    async def connect(self, backend: Backend) -> BackendSide:
        """A new connection to that backend; raises OSError if there is none to be had."""

    def give_back(self, side: BackendSide) -> None:
        """The connection is free for another request."""

    def refused(self, upstream: Upstream, backend: Backend, error: OSError) -> None:
        """A backend took no connection."""

    def answered(self, upstream: Upstream, backend: Backend, *, well: bool) -> None:
        """A backend answered, or failed to."""
