"""A client's connection to the balancer: takes its requests one by one and brings each an answer."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from typing import cast

import httptools

from minisvc.balancer.backend_side import SWITCHING, BackendSide
from minisvc.balancer.carrier import Carrier
from minisvc.balancer.message import (
    MOST_FIELDS,
    MOST_HEAD_BYTES,
    Fields,
    Refused,
    answered_head,
    check_request,
    faults_named,
    forwarded_head,
    has_no_body,
    own_answer,
    request_id,
)
from minisvc.balancer.transit import Transit
from minisvc.balancer.upstream import Ask, Backend, Upstream, affinity_cookie
from minisvc.errors import NoHealthyBackend
from minisvc.sockets import RESET_ON_CLOSE

MOST_WAITING_BYTES = 262144
"""A body is read ahead of its backend by about this much, then the client has to wait."""


class ClientSide(asyncio.Protocol):
    """Lives as long as its TCP connection. `transit` is the request that is being carried."""

    def __init__(self, balancer: Carrier) -> None:
        self._balancer = balancer
        self._transport: asyncio.Transport | None = None
        self._peer = ""
        self._parser = httptools.HttpRequestParser(self)
        self._target, self._fields, self._head_bytes = b"", Fields(), 0
        self._arriving: Transit | None = None
        self._queue: deque[Transit] = deque()
        self.transit: Transit | None = None
        self._asked: BackendSide | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._out: list[bytes] = []
        self._chunk_answer = self._tunnel = False
        self.since_s = time.monotonic()

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._peer = str(transport.get_extra_info("peername")[0])
        # asyncio does it only for sockets made with IPPROTO_TCP by name; answers in parts stall for 40 ms else.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._balancer.clients.add(self)

    def data_received(self, data: bytes) -> None:
        if self.transit:
            self.transit.touched_s = time.monotonic()
        if self._tunnel:
            self._upward(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as switched:
            # What follows waits for the backend's consent.
            self._upward(data[switched.args[0] :])
        except (Refused, httptools.HttpParserError) as error:
            # httptools wraps what a callback raised.
            cause = error if isinstance(error, Refused) else error.__context__
            self._refuse(cause if isinstance(cause, Refused) else Refused(400, f"not an HTTP/1.1 request: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._balancer.clients.discard(self)
        transit, self.transit = self.transit, None
        asked, self._asked = self._asked, None
        self._queue.clear()
        if self._connecting:
            self._connecting.cancel()
        if asked:
            asked.abandon()
        if transit and not transit.answered:
            if not self._tunnel:
                transit.status = None
            self._settle(transit, None if self._tunnel else "the client left before its answer", blame=False)

    def pause_writing(self) -> None:
        if self._asked and self._asked.transport:
            self._asked.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._asked and self._asked.is_open and self._asked.transport:
            self._asked.transport.resume_reading()

    # httptools calls these while it parses.

    def on_message_begin(self) -> None:
        self._target, self._fields, self._head_bytes = b"", Fields(), 14
        self.since_s = time.monotonic()

    def on_url(self, url: bytes) -> None:
        self._target += url
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.lower(), value))
        self._grow(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        fields, parser = self._fields, self._parser
        version, method = parser.get_http_version(), parser.get_method()
        check_request(fields, version)
        length = fields.get(b"content-length")
        chunked = fields.get(b"transfer-encoding") is not None
        transit = Transit(
            id=request_id(fields),
            method=method,
            target=self._target,
            fields=fields,
            version=version,
            keep_alive=parser.should_keep_alive(),
            has_body=chunked or (length is not None and length != b"0"),
            chunked=chunked,
            upgrade=parser.should_upgrade(),
            bytes_up=self._head_bytes + len(method),
        )
        self._arriving = transit
        if fields.get(b"expect") == b"100-continue" and self._transport and not self._queue:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.transit:
            self._queue.append(transit)
        elif transit.has_body:
            self._begin(transit)
        else:
            self.transit = transit

    def on_body(self, data: bytes) -> None:
        transit = self._arriving
        if transit is None:
            return
        transit.bytes_up += len(data)
        part = b"%x\r\n%b\r\n" % (len(data), data) if transit.chunked else data
        if transit is self.transit and self._asked:
            self._asked.write(part)
        elif not transit.answered:
            transit.pending.append(part)
            if sum(map(len, transit.pending)) > MOST_WAITING_BYTES and self._transport:
                self._transport.pause_reading()

    def on_message_complete(self) -> None:
        transit, self._arriving = self._arriving, None
        if transit is None:
            return
        transit.arrived = True
        carried = transit is self.transit
        if transit.chunked and carried and self._asked:
            self._asked.write(b"0\r\n\r\n")
        elif transit.chunked:
            transit.pending.append(b"0\r\n\r\n")
        if carried and transit.answered:
            self._next()
        elif carried and not transit.has_body:
            self._begin(transit)

    # The backend's side calls these.

    def answer_begins(self, status: int, fields: Fields) -> None:
        transit = self._carried()
        transit.status, transit.answering = status, True
        transit.touched_by(faults_named(fields))
        self._put(answered_head(status, fields, self._added_fields(transit, status, fields)))

    def answer_part(self, data: bytes) -> None:
        self._put(b"%x\r\n%b\r\n" % (len(data), data) if self._chunk_answer else data)

    def answer_ends(self) -> None:
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
        if self._out and self._transport:
            self._transport.write(b"".join(self._out))
        self._out.clear()
        if self.transit and self.transit.answered:
            self._next()

    def answer_lost(self, reason: str) -> None:
        transit = self._carried()
        self._asked = None
        self._out.clear()
        what = f"{_name(transit)} took the request, then {reason}"
        if self._tunnel:
            self._break_off(transit, f"the tunnel ended: {_name(transit)} went away, for {reason}", transit.status)
        elif transit.answering:
            self._break_off(transit, what, None)
        elif transit.repeatable and self._balancer.retry == "idempotent":
            self._begin(transit)
        else:
            self._fail(502, f"{what}. {_not_repeated(transit)}")

    def tunnel_opened(self, data: bytes) -> None:
        transit = self._carried()
        self._tunnel = True
        waiting, transit.pending = transit.pending, []
        if self._asked and waiting:
            self._asked.write(b"".join(waiting))
        self._put(data)
        self.answer_flush()

    def tunnel_part(self, data: bytes) -> None:
        self._put(data)
        self.answer_flush()

    def tunnel_ended(self) -> None:
        transit = self._carried()
        transit.answered = True
        self._asked = None
        self._settle(transit, None)
        self._close()

    def backend_ready(self, *, writable: bool) -> None:
        if self._transport and not self._transport.is_closing():
            (self._transport.resume_reading if writable else self._transport.pause_reading)()

    # The balancer's sweep calls these.

    def expire(self, now_s: float) -> None:
        """Give up on whoever keeps the other waiting for too long."""
        transit, limits = self.transit, self._balancer.timeouts
        if self._tunnel:
            return
        if transit is None or not (transit.arrived or transit.has_body):
            if now_s - self.since_s > limits.head_s:
                self._expire_idle()
        elif now_s - transit.touched_s > limits.answer_s and not transit.answered:
            self._expire_transit(transit, limits.answer_s)

    def close(self) -> None:
        """Cut the connection."""
        if self._transport:
            self._transport.abort()

    # Its own steps.

    def _begin(self, transit: Transit) -> None:
        """Choose a backend for the request and ask it."""
        self.transit = transit
        upstream = transit.upstream = transit.upstream or self._balancer.route(transit.path)
        if upstream is None:
            self._fail(404, f"no service answers for {transit.path}")
            return
        header = (transit.fields.get(upstream.affinity_header) or b"").decode("latin-1")
        cookies = (transit.fields.get(b"cookie") or b"").decode("latin-1")
        try:
            choice = upstream.choose(Ask(cookies, self._peer, header, transit.path, transit.tried))
        except NoHealthyBackend as nobody:
            if not transit.sent:
                # Whatever the last try was, no backend has seen this request.
                transit.backend = None
            self._fail(503, str(nobody))
            return
        transit.goes_to(choice)
        side = self._balancer.idle_side(choice.backend)
        if side:
            self._ask(side)
        else:
            self._connecting = self._balancer.loop.create_task(self._connect(upstream, choice.backend))

    async def _connect(self, upstream: Upstream, backend: Backend) -> None:
        try:
            side = await self._balancer.connect(backend)
        except OSError as error:
            # Nothing was sent, so another backend may be tried whatever the method.
            self._balancer.refused(upstream, backend, error)
            self._connecting = None
            self._begin(self._carried())
        else:
            self._connecting = None
            self._ask(side)

    def _ask(self, side: BackendSide) -> None:
        transit = self._carried()
        head = forwarded_head(
            transit.method + b" " + transit.target,
            transit.fields,
            exchange_id=transit.id,
            peer=self._peer.encode(),
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
        if not transit.arrived and self._transport:
            self._transport.resume_reading()

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

    def _next(self) -> None:
        """The carried request is done: go on with the following one, or wait, or close."""
        transit = self._carried()
        if not transit.keep_alive:
            self._close()
            return
        if not transit.arrived:
            return
        self.transit = None
        self.since_s = time.monotonic()
        if self._queue:
            following = self._queue.popleft()
            self.transit = following
            if following.arrived or following.has_body:
                self._begin(following)

    def _upward(self, data: bytes) -> None:
        """Bytes of another protocol, for the backend; they wait while it has not consented."""
        transit = self.transit
        if transit is None or not data:
            return
        transit.bytes_up += len(data)
        if self._tunnel and self._asked:
            self._asked.write(data)
        else:
            transit.pending.append(data)

    def _break_off(self, transit: Transit, what: str, status: int | None) -> None:
        """Too late for another status: cutting the connection is the only honest sign."""
        transit.answered, transit.status = True, status
        self._settle(transit, what)
        self.transit = None
        if self._transport:
            # With a reset: a client that reads until the end must not take this for the end.
            link = self._transport.get_extra_info("socket")
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.close()

    def _fail(self, status: int, reason: str, *, blame: bool = True) -> None:
        """Answer instead of a backend, and close."""
        transit = self._carried()
        transit.status, transit.answered = status, True
        data = own_answer(status, reason, transit.id, definite=not transit.sent)
        transit.bytes_down += len(data)
        self._settle(transit, reason, blame=blame)
        if self._transport:
            self._transport.write(data)
        self._close()

    def _refuse(self, refused: Refused) -> None:
        """Answer what cannot be read as a request, and close: the next byte could mean anything."""
        asked, self._asked = self._asked, None
        if asked:
            asked.abandon()
        if self.transit is None or self.transit.answered:
            self.transit = Transit.unreadable(request_id(Fields()))
        self._fail(refused.status, refused.reason, blame=False)

    def _settle(self, transit: Transit, error: str | None, *, blame: bool = True) -> None:
        """The exchange is over: on the books with it; `blame` its backend if it went wrong."""
        if transit.upstream and transit.backend and transit.sent and (blame or error is None):
            self._balancer.answered(transit.upstream, transit.backend, well=error is None)
        if error is not None:
            transit.blame()
        transit.leaves()
        self._balancer.ledger.record(transit.record(error))

    def _expire_idle(self) -> None:
        if self._fields and self.transit is None and self._arriving is None and self._head_bytes:
            self._refuse(Refused(408, "the request's head did not end in time"))
        else:
            self._close()

    def _expire_transit(self, transit: Transit, limit_s: float) -> None:
        if not transit.arrived:
            self._refuse(Refused(408, f"the request's body stopped for {limit_s:g} s"))
            return
        asked, self._asked = self._asked, None
        if asked:
            asked.abandon()
        what = f"{_name(transit)} did not answer within {limit_s:g} s"
        if transit.answering:
            self._break_off(transit, what, None)
        else:
            self._fail(504, what)

    def _grow(self, count: int) -> None:
        self._head_bytes += count
        if self._head_bytes > MOST_HEAD_BYTES or len(self._fields) > MOST_FIELDS:
            raise Refused(431, f"more than {MOST_FIELDS} fields or {MOST_HEAD_BYTES} bytes of header fields")

    def _put(self, data: bytes) -> None:
        transit = self._carried()
        transit.bytes_down += len(data)
        transit.touched_s = time.monotonic()
        self._out.append(data)

    def _carried(self) -> Transit:
        assert self.transit is not None, "an answer without a request"
        return self.transit

    def _close(self) -> None:
        self.transit = None
        self._queue.clear()
        if self._transport:
            self._transport.close()


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
