"""One request on its way through the balancer, and the record that is made of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from minisvc.balancer.message import IDEMPOTENT, Fields
from minisvc.balancer.upstream import Backend, Choice, Upstream
from minisvc.exchange import Exchange


@dataclass(slots=True)
class Transit:
    """What is known of a request while it is carried.

    Attributes:
        pending: body parts that no backend has taken yet.
        arrived: the request is here to its end.
        sent: some of it was written to a backend, so that the work may have been done.
        answering: some of the answer was written to the client.
        answered: the answer is complete.
        upstream, backend: where it goes; None before that is decided.
        upgrade: it asks for another protocol on this connection, such as WebSocket.
        touched_s: when something last moved, for timeouts.
        faults: the names of the faults that touched it.
    """

    id: str
    method: bytes
    target: bytes
    fields: Fields
    version: str
    keep_alive: bool
    has_body: bool
    chunked: bool
    bytes_up: int
    pending: list[bytes] = field(default_factory=list)
    arrived: bool = False
    sent: bool = False
    answering: bool = False
    answered: bool = False
    tried: list[str] = field(default_factory=list)
    upgrade: bool = False
    upstream: Upstream | None = None
    backend: Backend | None = None
    why: str = ""
    bind: bool = False
    status: int | None = None
    bytes_down: int = 0
    started_s: float = field(default_factory=time.monotonic)
    touched_s: float = field(default_factory=time.monotonic)
    faults: list[str] = field(default_factory=list)
    _holder: Backend | None = None

    @classmethod
    def unreadable(cls, exchange_id: str) -> Transit:
        """Stands for something that could not be read as a request."""
        return cls(exchange_id, b"?", b"?", Fields(), "1.1", False, False, False, 0)

    @property
    def path(self) -> str:
        """The target without its query, and without scheme and host if it had them."""
        target = self.target.partition(b"?")[0].decode("latin-1")
        return target if target.startswith("/") else "/" + target.partition("://")[2].partition("/")[2]

    @property
    def repeatable(self) -> bool:
        """Whether sending it a second time is allowed and possible: idempotent and without a body."""
        return self.method in IDEMPOTENT and not self.has_body

    def goes_to(self, choice: Choice) -> None:
        """It is that backend's to answer now."""
        self.blame()
        self.leaves()
        self.backend, self.why, self.bind = choice.backend, choice.why, choice.bind
        self.tried.append(choice.backend.name)
        choice.backend.in_flight += 1
        self._holder = choice.backend
        self.touched_by(name for name, everything in choice.backend.suspects.items() if everything)

    def touched_by(self, names: Iterable[str]) -> None:
        """Faults had a hand in it."""
        self.faults += [name for name in names if name not in self.faults]

    def blame(self) -> None:
        """The backend that has it in hand has failed on it: by the faults at work there, if any are."""
        if self._holder:
            self.touched_by(self._holder.suspects)

    def leaves(self) -> None:
        """No backend has it in hand any more."""
        if self._holder:
            self._holder.in_flight -= 1
            self._holder = None

    def record(self, error: str | None = None) -> Exchange:
        """The exchange as it ended; `error` says why without a good answer."""
        return Exchange(
            id=self.id,
            method=self.method.decode("latin-1"),
            path=self.target.decode("latin-1"),
            status=self.status,
            backend=self.backend.name if self.backend else None,
            why=self.why,
            tries=len(self.tried),
            started_s=self.started_s,
            duration_s=time.monotonic() - self.started_s,
            bytes_up=self.bytes_up,
            bytes_down=self.bytes_down,
            error=error,
            definite=error is None or not self.sent,
            fault=", ".join(self.faults) or None,
        )
