"""A client's connection to the balancer: takes its requests one by one and brings each an answer."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from typing import TYPE_CHECKING

import httptools

from minisvc.balancer.backend_side import BackendSide
from minisvc.balancer.message import (
    MOST_FIELDS,
    MOST_HEAD_BYTES,
    Fields,
    Refused,
    answered_head,
    check_request,
    forwarded_head,
    get,
    has_no_body,
    own_answer,
    request_id,
)
from minisvc.balancer.transit import Transit
from minisvc.balancer.upstream import affinity_cookie
from minisvc.errors import NoHealthyBackend
from minisvc.sockets import RESET_ON_CLOSE

if TYPE_CHECKING:
    from minisvc.balancer.server import Balancer

MOST_WAITING_BYTES = 262144
"""A body is read ahead of its backend by about this much, then the client has to wait."""


class ClientSide(asyncio.Protocol):
    """Lives as long as its TCP connection. `transit` is the request that is being carried."""

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._target, self._fields, self._head_bytes = b"", list[tuple[bytes, bytes]](), 0
        self._arriving: Transit | None = None
        self._queue: deque[Transit] = deque()
        self.transit: Transit | None = None
        self._asked: BackendSide | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._out: list[bytes] = []
        self._chunk_answer = False
        self.since_s = time.monotonic()

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peer = str(transport.get_extra_info("peername")[0])
        self._balancer.clients.add(self)

    def data_received(self, data: bytes) -> None:
        if self.transit:
            self.transit.touched_s = time.monotonic()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Taken as an ordinary request; what follows its head on this connection is not HTTP for sure.
            self._stop_reading()
        except (Refused, httptools.HttpParserError) as error:
            # httptools wraps what a callback raised.
            cause = error if isinstance(error, Refused) else error.__context__
            self._refuse(cause if isinstance(cause, Refused) else Refused(400, f"not an HTTP/1.1 request: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._balancer.clients.discard(self)
        transit, self.transit = self.transit, None
        self._queue.clear()
        if self._connecting:
            self._connecting.cancel()
        if self._asked:
            self._asked.abandon()
            self._asked = None
        if transit and not transit.answered:
            transit.status = None
            self._balancer.ledger.record(transit.record("the client left before its answer"))

    def pause_writing(self) -> None:
        if self._asked and self._asked.transport:
            self._asked.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._asked and self._asked.is_open and self._asked.transport:
            self._asked.transport.resume_reading()

    # httptools calls these while it parses.

    def on_message_begin(self) -> None:
        self._target, self._fields, self._head_bytes = b"", [], 14
        self.since_s = time.monotonic()

    def on_url(self, url: bytes) -> None:
        self._target += url
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.lower(), value))
        self._grow(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        fields, version = self._fields, self._parser.get_http_version()
        check_request(fields, version)
        length = get(fields, b"content-length")
        chunked = get(fields, b"transfer-encoding") is not None
        method = self._parser.get_method()
        transit = Transit(
            id=request_id(fields),
            method=method,
            target=self._target,
            fields=fields,
            version=version,
            keep_alive=self._parser.should_keep_alive(),
            has_body=chunked or (length is not None and length != b"0"),
            chunked=chunked,
            cookies=(get(fields, b"cookie") or b"").decode("latin-1"),
            bytes_up=self._head_bytes + len(method),
        )
        self._arriving = transit
        if get(fields, b"expect") == b"100-continue" and self._transport and not self._queue:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.transit:
            self._queue.append(transit)
        elif not transit.has_body:
            self.transit = transit
        else:
            self._begin(transit)

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
        if transit.chunked:
            if transit is self.transit and self._asked:
                self._asked.write(b"0\r\n\r\n")
            else:
                transit.pending.append(b"0\r\n\r\n")
        if transit is not self.transit:
            return
        if transit.answered:
            self._next()
        elif not transit.has_body:
            self._begin(transit)

    # The backend's side calls these.

    def answer_begins(self, status: int, fields: Fields, *, framed: bool) -> None:
        transit = self._carried()
        transit.status = status
        transit.answering = True
        added = [b"x-request-id: " + transit.id.encode(), b"x-backend: " + (transit.backend or "").encode()]
        if transit.bind and transit.backend:
            backend = self._balancer.upstream.backends[transit.backend]
            added.append(b"set-cookie: " + affinity_cookie(backend).encode())
        # A body without a length of its own is chunked for those who understand it.
        bodiless = has_no_body(transit.method, status)
        unframed = not bodiless and get(fields, b"content-length") is None
        self._chunk_answer = unframed and transit.version == "1.1"
        if self._chunk_answer:
            added.append(b"transfer-encoding: chunked")
        elif unframed:
            transit.keep_alive = False
        if not transit.keep_alive or self._balancer.closing:
            transit.keep_alive = False
            added.append(b"connection: close")
        self._put(answered_head(status, fields, added))

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
        self._balancer.ledger.record(transit.record(_server_error(transit.status)))

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
        what = f"{transit.backend} took the request, then {reason}"
        if transit.answering:
            # Too late for another status: cutting the connection is the only honest sign.
            transit.answered = True
            transit.status = None
            self._balancer.ledger.record(transit.record(what))
            self._cut()
        elif transit.repeatable and self._balancer.retry == "idempotent":
            self._begin(transit)
        else:
            self._fail(502, f"{what}. {_not_repeated(transit)}")

    def backend_ready(self, *, writable: bool) -> None:
        if self._transport and not self._transport.is_closing():
            (self._transport.resume_reading if writable else self._transport.pause_reading)()

    # The balancer's sweep calls these.

    def expire(self, now_s: float) -> None:
        """Give up on whoever keeps the other waiting for too long."""
        transit, limits = self.transit, self._balancer.timeouts
        if transit is None:
            if now_s - self.since_s > limits.head_s:
                self._expire_idle()
        elif now_s - transit.touched_s > limits.answer_s and not transit.answered:
            if not transit.arrived:
                self._refuse(Refused(408, f"the request's body stopped for {limits.answer_s:g} s"))
                return
            asked, self._asked = self._asked, None
            if asked:
                asked.abandon()
            if transit.answering:
                self._cut()
            else:
                self._fail(504, f"{transit.backend} did not answer within {limits.answer_s:g} s")

    def close(self) -> None:
        """Cut the connection."""
        if self._transport:
            self._transport.abort()

    # Its own steps.

    def _begin(self, transit: Transit) -> None:
        """Choose a backend for the request and ask it."""
        self.transit = transit
        try:
            choice = self._balancer.upstream.choose(transit.cookies, transit.tried)
        except NoHealthyBackend as nobody:
            self._fail(503, str(nobody))
            return
        transit.backend, transit.why, transit.bind = choice.backend.name, choice.why, choice.bind
        transit.tried.append(choice.backend.name)
        side = self._balancer.idle_side(choice.backend.name)
        if side:
            self._ask(side)
        else:
            self._connecting = self._balancer.loop.create_task(self._connect(choice.backend.name))

    async def _connect(self, name: str) -> None:
        transit = self._carried()
        try:
            side = await self._balancer.connect(name)
        except OSError as error:
            # Nothing was sent, so another backend may be tried whatever the method.
            self._balancer.refused(name, error)
            self._connecting = None
            self._begin(transit)
        else:
            self._connecting = None
            self._ask(side)

    def _ask(self, side: BackendSide) -> None:
        transit = self._carried()
        head = forwarded_head(
            transit.method + b" " + transit.target,
            transit.fields,
            exchange_id=transit.id,
            peer=self._peer,
            chunked=transit.chunked,
        )
        self._asked = side
        transit.sent = True
        transit.touched_s = time.monotonic()
        pending, transit.pending = transit.pending, []
        side.ask(self, transit.method, b"".join((head, *pending)) if pending else head)
        if not transit.arrived and self._transport:
            self._transport.resume_reading()

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

    def _fail(self, status: int, reason: str) -> None:
        transit = self._carried()
        if not transit.sent:
            # Whatever the last try was, nobody has seen this request.
            transit.backend = transit.backend if status != 503 else None
        transit.status, transit.answered, transit.keep_alive = status, True, False
        data = own_answer(status, reason, transit.id, definite=not transit.sent)
        transit.bytes_down += len(data)
        self._balancer.ledger.record(transit.record(reason))
        if self._transport:
            self._transport.write(data)
        self._close()

    def _refuse(self, refused: Refused) -> None:
        """Answer what cannot be read as a request, and close: the next byte could mean anything."""
        if self._asked:
            self._asked.abandon()
            self._asked = None
        transit = Transit("", b"?", b"?", [], "1.1", False, False, False, "", 0)
        if self.transit and not self.transit.answered:
            transit = self.transit
        transit.id = transit.id or request_id([])
        transit.status = refused.status
        transit.answered = True
        data = own_answer(refused.status, refused.reason, transit.id)
        transit.bytes_down += len(data)
        self._balancer.ledger.record(transit.record(refused.reason))
        if self._transport:
            self._transport.write(data)
        self._close()

    def _expire_idle(self) -> None:
        if self._head_bytes and self._parser and self._arriving is None and self._fields:
            self._refuse(Refused(408, "the request's head did not end in time"))
        else:
            self._close()

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

    def _stop_reading(self) -> None:
        if self.transit:
            self.transit.keep_alive = False
        if self._transport:
            self._transport.pause_reading()

    def _close(self) -> None:
        self.transit = None
        self._queue.clear()
        if self._transport:
            self._transport.close()

    def _cut(self) -> None:
        self.transit = None
        if self._transport:
            # With a reset: a client that reads until the end must not take this for the end.
            link = self._transport.get_extra_info("socket")
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.close()


def _server_error(status: int | None) -> str | None:
    return None if status is not None and status < 500 else f"the backend answered {status}"


def _not_repeated(transit: Transit) -> str:
    if transit.repeatable:
        return "Repeating it on another backend is switched off here (retry: unsent)."
    return "It may have been done, so it was not sent to another backend (RFC 9110 section 9.2.2)."
