"""A real balancer in the place of ours: the same commands, and every exchange in the ledger.

`upstreams` say what is wanted, as they do for our own balancer; after each change the real one is told. What it
finds out by itself (who is well, who answered) comes back through its log.
"""

from __future__ import annotations

import http.client
import shutil
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, TypeVar

from minisvc.balancer.timeouts import Timeouts
from minisvc.balancer.upstream import Backend, Upstream, find
from minisvc.exchange import Exchange, Ledger
from minisvc.layout import Layout
from minisvc.proxies.errors import ProxyMissing
from minisvc.proxies.journal import Journal
from minisvc.proxies.place import Members, Place
from minisvc.sockets import LOOPBACK, listen

T = TypeVar("T")
Noticed = Callable[[str, str], object]

DEFAULT_TIMEOUTS = Timeouts()
WITHIN_S = 10.0
"""How long a real balancer may take to start or to read a new configuration."""
RECORDED_WITHIN_S = 2.0
"""How long a user's verdict waits for the log line of its exchange."""


class Proxy(ABC):
    """Runs a real balancer as a child process that ends with this one.

    Args:
        upstreams: one for each of the layout's services.
        ledger: gets a record of every exchange.
        layout: what is wanted now; asked after each change.
        timeouts: how long it waits.
        noticed: told of backends that it takes out and finds well again.

    Attributes:
        port: where it listens; 0 before `start`.
        retry: as in `Layout.retry`; may be changed by `call`.
        errors: exceptions of its thread, raised by `stop`.

    Raises:
        ProxyMissing: the program is not on PATH.
    """

    binary: ClassVar[str]
    name: ClassVar[str]

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        ledger: Ledger,
        *,
        layout: Callable[[], Layout],
        timeouts: Timeouts | None = None,
        noticed: Noticed = lambda name, sentence: None,
    ) -> None:
        program = shutil.which(self.binary)
        if program is None:
            raise ProxyMissing(self.binary)
        self.program, self.upstreams, self.ledger = program, list(upstreams), ledger
        self.retry = layout().retry
        self.port = 0
        self.errors: list[BaseException] = []
        self._layout, self._timeouts, self._noticed = layout, timeouts or DEFAULT_TIMEOUTS, noticed
        self._lock = threading.RLock()
        self._running = False
        self.journal: Journal
        self.place: Place

    def start(self, port: int = 0) -> None:
        """Run it on `port` (0: a free one).

        Raises:
            PortTaken: somebody else listens there.
            ProxyFailed: it does not start.
        """
        with listen(port) as probe:
            self.port = probe.getsockname()[1]
        folder = Path(tempfile.mkdtemp(prefix=f"statewise-{self.binary}-"))
        # Its workers run as somebody else where we are root, and must reach their temporary files.
        folder.chmod(0o711)
        self.place = Place(folder, self.port, self._timeouts)
        self.ledger.patience_s = RECORDED_WITHIN_S
        self.journal = Journal(self.binary, self._heard, self.errors)
        self._running = True
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, and read its log to the end. Stopping twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that its thread had kept.
        """
        with self._lock:
            if not self._running:
                return
            self._running = False
            self._end()
        self.journal.close()
        self.ledger.patience_s = 0.0
        shutil.rmtree(self.place.folder)
        errors, self.errors = self.errors, []
        if errors:
            raise BaseExceptionGroup(f"reading {self.name}'s log met errors", errors)

    def call(self, function: Callable[[], T]) -> T:
        """Run `function`, which may change `upstreams` or `retry`, and tell the balancer if it did.

        Raises:
            ProxyFailed: it does not take the change.
        """
        with self._lock:
            result = function()
            self._apply()
            return result

    def check_now(self, name: str) -> bool:
        """Check one backend's health at once and, if it is well, let the balancer use it at once."""
        upstream, backend = self.find(name)
        well = _is_well(backend.port, upstream.health.path, upstream.health.timeout_s)
        if well:
            with self._lock:
                self._believe(upstream, backend)
            self._well(name)
        return well

    def find(self, name: str) -> tuple[Upstream, Backend]:
        """The backend of that name and its upstream.

        Raises:
            KeyError: there is none.
        """
        return find(self.upstreams, name)

    def add(self, upstream: Upstream, backend: Backend) -> None:
        """One more backend."""
        self.call(lambda: upstream.backends.__setitem__(backend.name, backend))

    def remove(self, name: str) -> None:
        """One backend less. Exchanges that it has in hand go on."""
        upstream, _ = self.find(name)
        self.call(lambda: upstream.backends.__delitem__(name))

    # What each real balancer does in its own way.

    @abstractmethod
    def _launch(self) -> None:
        """Start the program and wait until it takes requests."""

    @abstractmethod
    def _apply(self) -> None:
        """Tell it what has changed, and wait until that holds for every further request."""

    @abstractmethod
    def _believe(self, upstream: Upstream, backend: Backend) -> None:
        """Let it use a backend that it may have found ill."""

    @abstractmethod
    def _end(self) -> None:
        """End the program."""

    @abstractmethod
    def _exchange(self, line: str) -> Exchange:
        """The exchange that a line of the access log tells of."""

    @abstractmethod
    def _message(self, line: str) -> None:
        """Any other line: what it says of backends' health goes to `_ill` and `_well`."""

    # What they share.

    def wanted(self) -> tuple[Layout, Members]:
        """The layout as it is to be rendered, and the backends of each service."""
        members = {upstream.name: tuple(upstream.backends.values()) for upstream in self.upstreams}
        return replace(self._layout(), retry=self.retry), members

    def _heard(self, line: str) -> None:
        if not line.startswith("{"):
            self._message(line)
            return
        exchange = self._exchange(line)
        if exchange.backend and exchange.served:
            self._well(exchange.backend)
        self.ledger.record(exchange)

    def _ill(self, name: str, reason: str) -> None:
        for upstream in self.upstreams:
            # The log may still speak of one that was removed.
            if name in upstream.backends and upstream.refused(name, reason):
                self._noticed(name, f"{self.name} takes {name} out: {reason}.")

    def _well(self, name: str) -> None:
        for upstream in self.upstreams:
            backend = upstream.backends.get(name)
            if backend and not backend.healthy:
                backend.healthy, backend.because = True, ""
                self._noticed(name, f"{self.name} finds {name} well again.")


def _is_well(port: int, path: str, timeout_s: float) -> bool:
    asked = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout_s)
    try:
        asked.request("GET", path)
        return 200 <= asked.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
