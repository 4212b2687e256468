"""Carrying a client's requests, one at a time: a backend is chosen and asked, its answer brought back and recorded."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from minisvc.balancer.backend_side import SWITCHING, BackendSide
from minisvc.balancer.carrier import Carrier
from minisvc.balancer.message import Fields, answered_head, faults_named, forwarded_head, has_no_body, own_answer
from minisvc.balancer.transit import Transit
from minisvc.balancer.upstream import Ask, Backend, Upstream, affinity_cookie
from minisvc.errors import NoHealthyBackend


class Client(Protocol):
    """The connection on which the requests come."""

    peer: str

    def write(self, data: bytes) -> None:
        """Send it."""

    def read(self, *, on: bool) -> None:
        """Take more from it, or let it wait."""

    def go_on(self) -> None:
        """The carried request is answered."""

    def leave(self) -> None:
        """Close it in order, when everything is sent."""

    def reset(self) -> None:
        """Cut it so that nobody takes this for the end of an answer."""


class Carriage:
    """Belongs to one client's connection, and is the `Receiver` of what backends answer.

    Attributes:
        transit: the request that is being carried; None between two.
        tunnel: the backend has switched protocols; bytes are carried as they come.
    """

    def __init__(self, balancer: Carrier, client: Client) -> None:
        self._balancer, self._client = balancer, client
        self.transit: Transit | None = None
        self.tunnel = False
        self._asked: BackendSide | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._out: list[bytes] = []
        self._chunk_answer = False

    # The client's side calls these.

    def begin(self, transit: Transit) -> None:
        """Choose a backend for the request and ask it."""
        self.transit = transit
        upstream = transit.upstream = transit.upstream or self._balancer.route(transit.path)
        if upstream is None:
            self.fail(404, f"no service answers for {transit.path}")
            return
        header = (transit.fields.get(upstream.affinity_header) or b"").decode("latin-1")
        cookies = (transit.fields.get(b"cookie") or b"").decode("latin-1")
        try:
            choice = upstream.choose(Ask(cookies, self._client.peer, header, transit.path, transit.tried))
        except NoHealthyBackend as nobody:
            if not transit.sent:
                # Whatever the last try was, no backend has seen this request.
                transit.backend = None
            self.fail(503, str(nobody))
            return
        transit.goes_to(choice)
        side = self._balancer.idle_side(choice.backend)
        if side:
            self._ask(side)
        else:
            self._connecting = self._balancer.loop.create_task(self._connect(upstream, choice.backend))

    def forward(self, transit: Transit, part: bytes) -> bool:
        """Give its backend more of the request's body; False if it has none yet, so that the part has to wait."""
        if transit is not self.transit or self._asked is None:
            return False
        self._asked.write(part)
        return True

    def upward(self, data: bytes) -> None:
        """Bytes of another protocol, for the backend; they wait while it has not consented."""
        transit = self.transit
        if transit is None or not data:
            return
        transit.bytes_up += len(data)
        if self.tunnel and self._asked:
            self._asked.write(data)
        else:
            transit.pending.append(data)

    def client_ready(self, *, writable: bool) -> None:
        """Whether more of the answer may be written."""
        transport = self._asked.transport if self._asked else None
        if transport and not writable:
            transport.pause_reading()
        elif transport and not transport.is_closing():
            transport.resume_reading()

    def client_left(self) -> None:
        """Nobody waits for the answer any more."""
        transit, self.transit = self.transit, None
        if self._connecting:
            self._connecting.cancel()
        self.let_go()
        if transit and not transit.answered:
            if not self.tunnel:
                transit.status = None
            self._settle(transit, None if self.tunnel else "the client left before its answer", blame=False)

    def let_go(self) -> None:
        """Whatever the backend still says is of no use."""
        asked, self._asked = self._asked, None
        if asked:
            asked.abandon()

    def expire(self, limit_s: float) -> None:
        """Give up on a backend that keeps the client waiting."""
        transit = self._carried()
        self.let_go()
        what = f"{_name(transit)} did not answer within {limit_s:g} s"
        if transit.answering:
            self._break_off(transit, what, None)
        else:
            self.fail(504, what)

    def fail(self, status: int, reason: str, *, blame: bool = True) -> None:
        """Answer instead of a backend, and close."""
        transit = self._carried()
        transit.status, transit.answered = status, True
        data = own_answer(status, reason, transit.id, definite=not transit.sent)
        transit.bytes_down += len(data)
        self._settle(transit, reason, blame=blame)
        self._client.write(data)
        self._client.leave()

    # The backend's side calls these.

    def answer_begins(self, status: int, fields: Fields) -> None:
        """The head is here."""
        transit = self._carried()
        transit.status, transit.answering = status, True
        transit.touched_by(faults_named(fields))
        self._put(answered_head(status, fields, self._added_fields(transit, status, fields)))

    def answer_part(self, data: bytes) -> None:
        """A part of the body."""
        self._put(b"%x\r\n%b\r\n" % (len(data), data) if self._chunk_answer else data)

    def answer_ends(self) -> None:
        """That was all of it."""
        if self._chunk_answer:
            self._put(b"0\r\n\r\n")
        transit, asked = self._carried(), self._asked
        transit.answered = True
        self._asked = None
        if asked and transit.arrived:
            self._balancer.give_back(asked)
        elif asked:
            # The answer came before the request's end: let the rest go nowhere.
            asked.abandon()
            transit.keep_alive = False
        # On the books before the client can see the last byte, so that it finds its own exchange there.
        self._settle(transit, _server_error(transit.status))

    def answer_flush(self) -> None:
        """Everything that arrived together was handed over."""
        if self._out:
            self._client.write(b"".join(self._out))
        self._out.clear()
        if self.transit and self.transit.answered:
            self._client.go_on()

    def answer_lost(self, reason: str) -> None:
        """The connection broke before the answer's end."""
        transit = self._carried()
        self._asked = None
        self._out.clear()
        what = f"{_name(transit)} took the request, then {reason}"
        if self.tunnel:
            self._break_off(transit, f"the tunnel ended: {_name(transit)} went away, for {reason}", transit.status)
        elif transit.answering:
            self._break_off(transit, what, None)
        elif transit.repeatable and self._balancer.retry == "idempotent":
            self.begin(transit)
        else:
            self.fail(502, f"{what}. {_not_repeated(transit)}")

    def tunnel_opened(self, data: bytes) -> None:
        """The backend has switched protocols; `data` came after its head."""
        transit = self._carried()
        self.tunnel = True
        waiting, transit.pending = transit.pending, []
        if self._asked and waiting:
            self._asked.write(b"".join(waiting))
        self._put(data)
        self.answer_flush()

    def tunnel_part(self, data: bytes) -> None:
        """Bytes of that protocol."""
        self._put(data)
        self.answer_flush()

    def tunnel_ended(self) -> None:
        """The backend closed the tunnel in order."""
        transit = self._carried()
        transit.answered = True
        self._asked = None
        self._settle(transit, None)
        self._client.leave()

    def backend_ready(self, *, writable: bool) -> None:
        """Whether more of the request's body may be written."""
        self._client.read(on=writable)

    # Its own steps.

    async def _connect(self, upstream: Upstream, backend: Backend) -> None:
        try:
            side = await self._balancer.connect(backend)
        except OSError as error:
            # Nothing was sent, so another backend may be tried whatever the method.
            self._balancer.refused(upstream, backend, error)
            self._connecting = None
            self.begin(self._carried())
        else:
            self._connecting = None
            self._ask(side)

    def _ask(self, side: BackendSide) -> None:
        transit = self._carried()
        head = forwarded_head(
            transit.method + b" " + transit.target,
            transit.fields,
            exchange_id=transit.id,
            peer=self._client.peer.encode(),
            framing=_framing(transit),
        )
        self._asked = side
        transit.sent = True
        transit.touched_s = time.monotonic()
        parts = [head]
        if transit.pending and not transit.upgrade:
            parts += transit.pending
            transit.pending = []
        side.ask(self, transit.method, b"".join(parts))
        if not transit.arrived:
            self._client.read(on=True)

    def _added_fields(self, transit: Transit, status: int, fields: Fields) -> list[bytes]:
        """The answer's fields that are this connection's own."""
        added = [b"x-request-id: " + transit.id.encode(), b"x-backend: " + _name(transit).encode()]
        if transit.bind and transit.backend and transit.upstream:
            added.append(b"set-cookie: " + affinity_cookie(transit.upstream, transit.backend).encode())
        if status == SWITCHING:
            return [*added, b"connection: Upgrade", b"upgrade: " + (fields.get(b"upgrade") or b"")]
        # A body without a length of its own is chunked for those who understand it.
        unframed = not has_no_body(transit.method, status) and fields.get(b"content-length") is None
        self._chunk_answer = unframed and transit.version == "1.1"
        if self._chunk_answer:
            added.append(b"transfer-encoding: chunked")
        elif unframed:
            transit.keep_alive = False
        if not transit.keep_alive or transit.upgrade or self._balancer.closing:
            transit.keep_alive = False
            added.append(b"connection: close")
        return added

    def _break_off(self, transit: Transit, what: str, status: int | None) -> None:
        """Too late for another status: cutting the connection is the only honest sign."""
        transit.answered, transit.status = True, status
        self._settle(transit, what)
        self.transit = None
        self._client.reset()

    def _settle(self, transit: Transit, error: str | None, *, blame: bool = True) -> None:
        """The exchange is over: on the books with it; `blame` its backend if it went wrong."""
        if transit.upstream and transit.backend and transit.sent and (blame or error is None):
            self._balancer.answered(transit.upstream, transit.backend, well=error is None)
        if error is not None:
            transit.blame()
        transit.leaves()
        self._balancer.ledger.record(transit.record(error))

    def _put(self, data: bytes) -> None:
        transit = self._carried()
        transit.bytes_down += len(data)
        transit.touched_s = time.monotonic()
        self._out.append(data)

    def _carried(self) -> Transit:
        assert self.transit is not None, "an answer without a request"
        return self.transit


def _name(transit: Transit) -> str:
    return transit.backend.name if transit.backend else ""


def _framing(transit: Transit) -> bytes:
    if transit.upgrade:
        return b"connection: Upgrade\r\nupgrade: " + (transit.fields.get(b"upgrade") or b"")
    return b"transfer-encoding: chunked" if transit.chunked else b""


def _server_error(status: int | None) -> str | None:
    return None if status is not None and status < 500 else f"the backend answered {status}"


def _not_repeated(transit: Transit) -> str:
    if transit.repeatable:
        return "Repeating it on another backend is switched off here (retry: unsent)."
    return "It may have been done, so it was not sent to another backend (RFC 9110 section 9.2.2)."
