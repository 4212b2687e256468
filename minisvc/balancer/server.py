"""The balancer at work: one thread with an event loop of its own, so that it runs in a notebook too."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from minisvc.balancer.backend_side import BackendSide
from minisvc.balancer.client_side import ClientSide
from minisvc.balancer.health import ask_health
from minisvc.balancer.timeouts import Timeouts
from minisvc.balancer.upstream import Backend, Upstream, find, route
from minisvc.exchange import Ledger
from minisvc.sockets import LOOPBACK, listen

T = TypeVar("T")

SWEEP_S = 0.25
BEGUN_WITHIN_S = 1.0
MOST_IDLE = 256
"""Idle connections kept to each backend."""


class Balancer:
    """Listens on loopback and carries each request to a backend of the upstream that its path names.

    Attributes:
        port: where it listens; 0 before `start`.
        retry: as in `Layout.retry`; may be changed while it runs.
        closing: it takes leave of its clients.
        errors: exceptions of its thread, raised by `stop`.
    """

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        ledger: Ledger,
        *,
        retry: str = "unsent",
        timeouts: Timeouts | None = None,
        noticed: Callable[[str, str], object] = lambda name, sentence: None,
    ) -> None:
        self.upstreams, self.ledger, self.retry = list(upstreams), ledger, retry
        self.timeouts = timeouts or Timeouts()
        self.port = 0
        self.closing = False
        self.errors: list[BaseException] = []
        self.clients: set[ClientSide] = set()
        self.loop: asyncio.AbstractEventLoop
        self._idle: defaultdict[str, list[BackendSide]] = defaultdict(list)
        self._noticed = noticed
        self._thread: threading.Thread | None = None
        self._looping = threading.Event()
        self._serving: concurrent.futures.Future[None] | None = None
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._watchers: dict[str, asyncio.Task[None]] = {}

    def start(self, port: int = 0) -> None:
        """Listen on `port` (0: a free one) and begin to check the backends' health.

        Raises:
            PortTaken: somebody else listens there.
        """
        listener = listen(port)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self._thread.start()
        self._looping.wait()

        async def serve() -> None:
            self._server = await self.loop.create_server(lambda: ClientSide(self), sock=listener)
            self._sweeper = self.loop.create_task(self._sweep())
            for upstream in self.upstreams:
                for backend in upstream.backends.values():
                    self._watch(upstream, backend)

        self._serving = asyncio.run_coroutine_threadsafe(serve(), self.loop)
        self._serving.result()

    def stop(self) -> None:
        """Close every connection and end the thread. Stopping twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that its thread had kept.
        """
        if self._thread is None:
            return
        if not self._looping.wait(BEGUN_WITHIN_S):
            # Ctrl-C came before the thread began.
            self._thread = None
            return
        if self._serving is not None:
            # Or while it was about to listen: it does so first.
            concurrent.futures.wait([self._serving])
        asyncio.run_coroutine_threadsafe(self._leave(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self._thread = None
        self.loop.close()
        errors, self.errors = self.errors, []
        if errors:
            raise BaseExceptionGroup("the balancer had errors in its thread", errors)

    def call(self, function: Callable[[], T]) -> T:
        """Run `function` in the balancer's thread, the only one that may touch `upstream`."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result()

    def check_now(self, name: str) -> bool:
        """Check one backend's health at once; whether it is healthy now."""
        upstream, backend = self.find(name)
        asyncio.run_coroutine_threadsafe(self._check(upstream, backend), self.loop).result()
        return backend.healthy

    def find(self, name: str) -> tuple[Upstream, Backend]:
        """The backend of that name and its upstream.

        Raises:
            KeyError: there is none.
        """
        return find(self.upstreams, name)

    def add(self, upstream: Upstream, backend: Backend) -> None:
        """One more backend, watched from now on."""

        def enter() -> None:
            upstream.backends[backend.name] = backend
            self._watch(upstream, backend)

        self.call(enter)

    def remove(self, name: str) -> None:
        """One backend less. Exchanges that it has in hand go on."""
        upstream, _ = self.find(name)

        def leave() -> None:
            del upstream.backends[name]
            self._watchers.pop(name).cancel()
            for side in self._idle.pop(name, []):
                side.abandon()

        self.call(leave)

    def suspect(self, name: str, fault: str, everything: bool | None) -> None:
        """Put a backend's exchanges down to a fault: all (True), those that fail (False), none any more (None)."""
        _, backend = self.find(name)

        def mark() -> None:
            if everything is None:
                backend.suspects.pop(fault, None)
                return
            backend.suspects[fault] = everything
            in_hand = [client.transit for client in self.clients if client.transit]
            for transit in in_hand:
                if everything and transit.backend is backend:
                    transit.touched_by([fault])

        self.call(mark)

    # The client's side calls these, in the loop's thread.

    def route(self, path: str) -> Upstream | None:
        """The upstream for a path: the longest prefix wins; None if none covers it."""
        return route(self.upstreams, path)

    def idle_side(self, backend: Backend) -> BackendSide | None:
        """An open connection to that backend that nobody uses, or None."""
        idle = self._idle[backend.name]
        while idle:
            side = idle.pop()
            if side.is_open:
                return side
        return None

    async def connect(self, backend: Backend) -> BackendSide:
        """A new connection to that backend.

        Raises:
            OSError: refused, or not within the time limit (TimeoutError).
        """
        async with asyncio.timeout(self.timeouts.connect_s):
            _, side = await self.loop.create_connection(lambda: BackendSide(backend.name), LOOPBACK, backend.port)
        return side

    def give_back(self, side: BackendSide) -> None:
        """The connection is free for another request, if it can carry one."""
        idle = self._idle[side.backend]
        if side.reusable and side.is_open and len(idle) < MOST_IDLE:
            idle.append(side)
        else:
            side.abandon()

    def refused(self, upstream: Upstream, backend: Backend, error: OSError) -> None:
        """A backend took no connection: it is out until a health check succeeds."""
        reason = "no connection in time" if isinstance(error, TimeoutError) else "connection refused"
        if backend.name in upstream.backends and upstream.refused(backend.name, reason):
            self._noticed(backend.name, f"The balancer takes {backend.name} out: {reason}.")

    def answered(self, upstream: Upstream, backend: Backend, *, well: bool) -> None:
        """Ordinary traffic tells how a backend does."""
        if backend.name in upstream.backends and upstream.answered(backend.name, well=well):
            self._noticed(backend.name, f"The balancer ejects {backend.name}: {backend.errors} errors in a row.")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now_s = time.monotonic()
            for client in list(self.clients):
                client.expire(now_s)

    def _watch(self, upstream: Upstream, backend: Backend) -> None:
        async def watch() -> None:
            while True:
                await asyncio.sleep(upstream.health.interval_s)
                await self._check(upstream, backend)

        self._watchers[backend.name] = self.loop.create_task(watch())

    async def _check(self, upstream: Upstream, backend: Backend) -> None:
        if backend.out:
            return
        name, fault = backend.name, await ask_health(upstream.health, backend.port, backend.name)
        if name in upstream.backends and upstream.observe(name, fault):
            found = f"finds {name} well again" if backend.healthy else f"takes {name} out: {fault}"
            self._noticed(name, f"The balancer {found}.")

    async def _leave(self) -> None:
        self.closing = True
        if self._server is not None:
            self._server.close()
        tasks = [*self._watchers.values(), *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in list(self.clients):
            client.close()
        for side in [side for sides in self._idle.values() for side in sides]:
            side.abandon()
        # The transports say goodbye to their protocols in the loop's next turns.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _run(self) -> None:
        # Made here, where no Ctrl-C comes: interrupted half-way, a loop complains when it is collected.
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._keep)
        asyncio.set_event_loop(self.loop)
        self._looping.set()
        self.loop.run_forever()

    def _keep(self, _loop: Any, context: dict[str, Any]) -> None:
        self.errors.append(context.get("exception") or RuntimeError(context["message"]))
