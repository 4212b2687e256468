"""The balancer at work: one thread with an event loop of its own, so that it runs in a notebook too."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from minisvc.balancer.backend_side import BackendSide
from minisvc.balancer.client_side import ClientSide
from minisvc.balancer.upstream import Upstream
from minisvc.exchange import Ledger
from minisvc.sockets import LOOPBACK, listen

T = TypeVar("T")

SWEEP_S = 0.25
MOST_IDLE = 256
"""Idle connections kept to each backend."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that the balancer waits: for a connection, for an answer's next part, for a request's head."""

    connect_s: float = 1.0
    answer_s: float = 30.0
    head_s: float = 30.0


class Balancer:
    """Listens on loopback and carries each request to a backend of `upstream`.

    Attributes:
        port: where it listens; 0 before `start`.
        retry: as in `Layout.retry`; may be changed while it runs.
        closing: it takes leave of its clients.
        errors: exceptions of its thread, raised by `stop`.
    """

    def __init__(
        self,
        upstream: Upstream,
        ledger: Ledger,
        *,
        retry: str = "unsent",
        timeouts: Timeouts | None = None,
        noticed: Callable[[str, str], object] = lambda name, sentence: None,
    ) -> None:
        self.upstream, self.ledger, self.retry = upstream, ledger, retry
        self.timeouts = timeouts or Timeouts()
        self.port = 0
        self.closing = False
        self.errors: list[BaseException] = []
        self.clients: set[ClientSide] = set()
        self.loop: asyncio.AbstractEventLoop
        self._idle: defaultdict[str, list[BackendSide]] = defaultdict(list)
        self._noticed = noticed
        self._thread: threading.Thread | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, port: int = 0) -> None:
        """Listen on `port` (0: a free one) and begin to check the backends' health.

        Raises:
            PortTaken: somebody else listens there.
        """
        listener = listen(port)
        self.port = listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._keep)
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self._thread.start()

        async def serve() -> None:
            self._server = await self.loop.create_server(lambda: ClientSide(self), sock=listener)
            self._tasks = [self.loop.create_task(self._sweep())]
            self._tasks += [self.loop.create_task(self._watch(name)) for name in self.upstream.backends]

        asyncio.run_coroutine_threadsafe(serve(), self.loop).result()

    def stop(self) -> None:
        """Close every connection and end the thread. Stopping twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that its thread had kept.
        """
        if self._thread is None:
            return
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
        asyncio.run_coroutine_threadsafe(self._check(name), self.loop).result()
        return self.upstream.backends[name].healthy

    # The client's side calls these, in the loop's thread.

    def idle_side(self, name: str) -> BackendSide | None:
        """An open connection to that backend that nobody uses, or None."""
        idle = self._idle[name]
        while idle:
            side = idle.pop()
            if side.is_open:
                return side
        return None

    async def connect(self, name: str) -> BackendSide:
        """A new connection to that backend.

        Raises:
            OSError: refused, or not within the time limit (TimeoutError).
        """
        port = self.upstream.backends[name].port
        async with asyncio.timeout(self.timeouts.connect_s):
            _, side = await self.loop.create_connection(lambda: BackendSide(name), LOOPBACK, port)
        return side

    def give_back(self, side: BackendSide) -> None:
        """The connection is free for another request, if it can carry one."""
        idle = self._idle[side.backend]
        if side.reusable and side.is_open and len(idle) < MOST_IDLE:
            idle.append(side)
        else:
            side.abandon()

    def refused(self, name: str, error: OSError) -> None:
        """A backend took no connection: it is out until a health check succeeds."""
        reason = "no connection in time" if isinstance(error, TimeoutError) else "connection refused"
        if self.upstream.refused(name, reason):
            self._noticed(name, f"The balancer takes {name} out: {reason}.")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now_s = time.monotonic()
            for client in list(self.clients):
                client.expire(now_s)

    async def _watch(self, name: str) -> None:
        while True:
            await asyncio.sleep(self.upstream.health.interval_s)
            await self._check(name)

    async def _check(self, name: str) -> None:
        if self.upstream.backends[name].out:
            return
        fault = await self._ask_health(name)
        if self.upstream.observe(name, fault):
            backend = self.upstream.backends[name]
            self._noticed(
                name,
                f"The balancer finds {name} well again."
                if backend.healthy
                else f"The balancer takes {name} out: {fault}.",
            )

    async def _ask_health(self, name: str) -> str:
        """What is wrong with the backend; "" if nothing."""
        health, port = self.upstream.health, self.upstream.backends[name].port
        try:
            async with asyncio.timeout(health.timeout_s):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                try:
                    writer.write(f"GET {health.path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                    line = await reader.readline()
                finally:
                    writer.transport.abort()
        except TimeoutError:
            return f"no answer within {health.timeout_s:g} s"
        except OSError as error:
            return "connection refused" if isinstance(error, ConnectionRefusedError) else "connection reset"
        status = line.split(b" ")[1:2]
        return (
            "" if status and status[0].startswith(b"2") else f"answered {line.decode('latin-1').strip() or 'nothing'}"
        )

    async def _leave(self) -> None:
        self.closing = True
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in list(self.clients):
            client.close()
        for side in [side for sides in self._idle.values() for side in sides]:
            side.abandon()
        # The transports say goodbye to their protocols in the loop's next turns.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _keep(self, _loop: Any, context: dict[str, Any]) -> None:
        self.errors.append(context.get("exception") or RuntimeError(context["message"]))
