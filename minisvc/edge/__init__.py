"""An edge cache: a shared HTTP cache in front of an origin, such as a cluster's balancer.

>>> with Cluster("catalog") as shop, Edge(shop.url) as edge:
...     requests.get(f"{edge.url}/products/7").headers["Cache-Status"]
...     requests.get(f"{edge.url}/products/7").headers["Cache-Status"]
'statewise-edge; fwd=uri-miss; fwd-status=200; stored'
'statewise-edge; hit; ttl=4'
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from minisvc.clock import Clock, monotonic
from minisvc.edge.cache import Cache
from minisvc.edge.nginx import NginxEdge, NginxFailed
from minisvc.edge.origin import NoOrigin, Origin
from minisvc.edge.shelf import Shelf
from minisvc.host import ThreadHost
from minisvc.sockets import LOOPBACK

__all__ = ["Edge", "NginxEdge", "NginxFailed", "NoOrigin"]

TIMEOUT_S = 10.0


class Edge:
    """A cache on a loopback port of its own. Use it as a context manager, or call `start` and `close`.

    Args:
        origin: the address of what it is in front of, such as a cluster's `url`.
        clock: by which answers grow old; a `FakeClock` lets a lesson or a test turn it.
        timeout_s: how long it waits for the origin.

    Raises:
        NoOrigin: that is no address of an origin.
    """

    def __init__(self, origin: str, *, clock: Clock = monotonic, timeout_s: float = TIMEOUT_S) -> None:
        self._origin, self._clock, self._shelf = Origin(origin, clock, timeout_s), clock, Shelf()
        self._host = ThreadHost("edge", lambda _name, _fence: self._app(), "edge")
        self._behind: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._under_way: list[Future[None]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._host.port}"

    def start(self) -> Self:
        """Listen."""
        self._behind = ThreadPoolExecutor(4, "edge-refresh")
        self._host.start()
        return self

    def close(self) -> None:
        """Finish what is under way, and end. Closing twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that its threads had kept.
        """
        try:
            self._host.stop()
        finally:
            if self._behind:
                self._behind.shutdown()
        self.settle()

    def settle(self) -> None:
        """Wait until no stale answer is being made fresh behind anybody's back.

        Raises:
            BaseException: what went wrong there, other than an origin that is down.
        """
        with self._lock:
            under_way, self._under_way = self._under_way, []
        wait(under_way)
        for each in under_way:
            each.result()

    def purge(self) -> None:
        """Forget every stored answer."""
        self._shelf.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _app(self) -> Cache:
        return Cache(self._origin, self._shelf, self._clock, self._later)

    def _later(self, work: Callable[[], None]) -> None:
        assert self._behind is not None
        with self._lock:
            # Those that went wrong are kept, to be told of.
            self._under_way = [each for each in self._under_way if not each.done() or each.exception()]
            self._under_way.append(self._behind.submit(work))
