"""A client's connection to the balancer: reads its requests, refuses what is none, lets them be carried in order."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from typing import cast

import httptools

from minisvc.balancer.carriage import Carriage
from minisvc.balancer.carrier import Carrier
from minisvc.balancer.message import MOST_FIELDS, MOST_HEAD_BYTES, Fields, Refused, check_request, request_id
from minisvc.balancer.transit import Transit
from minisvc.sockets import reset_on_close

MOST_WAITING_BYTES = 262144
"""A body is read ahead of its backend by about this much, then the client has to wait."""


class ClientSide(asyncio.Protocol):
    """Lives as long as its TCP connection.

    Attributes:
        peer: the client's address.
        since_s: when the present request began to arrive, or the last one was done; monotonic seconds.
    """

    def __init__(self, balancer: Carrier) -> None:
        self._balancer = balancer
        self._transport: asyncio.Transport | None = None
        self.peer = ""
        self._parser = httptools.HttpRequestParser(self)
        self._target, self._fields, self._head_bytes = b"", Fields(), 0
        self._arriving: Transit | None = None
        self._queue: deque[Transit] = deque()
        self._carriage = Carriage(balancer, self)
        self.since_s = time.monotonic()

    @property
    def transit(self) -> Transit | None:
        """The request that is being carried; None between two."""
        return self._carriage.transit

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.peer = str(transport.get_extra_info("peername")[0])
        # asyncio does it only for sockets made with IPPROTO_TCP by name; answers in parts stall for 40 ms else.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._balancer.clients.add(self)

    def data_received(self, data: bytes) -> None:
        carriage = self._carriage
        if carriage.transit:
            carriage.transit.touched_s = time.monotonic()
        if carriage.tunnel:
            carriage.upward(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as switched:
            # What follows waits for the backend's consent.
            carriage.upward(data[switched.args[0] :])
        except (Refused, httptools.HttpParserError) as error:
            # httptools wraps what a callback raised.
            cause = error if isinstance(error, Refused) else error.__context__
            self._refuse(cause if isinstance(cause, Refused) else Refused(400, f"not an HTTP/1.1 request: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._balancer.clients.discard(self)
        self._queue.clear()
        self._carriage.client_left()

    def pause_writing(self) -> None:
        self._carriage.client_ready(writable=False)

    def resume_writing(self) -> None:
        self._carriage.client_ready(writable=True)

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
        check_request(self._fields, self._parser.get_http_version())
        transit = self._arriving = self._read_head()
        if self._fields.get(b"expect") == b"100-continue" and not self._queue:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._carriage.transit:
            self._queue.append(transit)
        elif transit.has_body:
            self._carriage.begin(transit)
        else:
            self._carriage.transit = transit

    def on_body(self, data: bytes) -> None:
        transit = self._arriving
        if transit is None:
            return
        transit.bytes_up += len(data)
        part = b"%x\r\n%b\r\n" % (len(data), data) if transit.chunked else data
        if self._carriage.forward(transit, part) or transit.answered:
            return
        transit.pending.append(part)
        if sum(map(len, transit.pending)) > MOST_WAITING_BYTES:
            self.read(on=False)

    def on_message_complete(self) -> None:
        transit, self._arriving = self._arriving, None
        if transit is None:
            return
        transit.arrived = True
        carried = transit is self._carriage.transit
        if transit.chunked and not self._carriage.forward(transit, b"0\r\n\r\n"):
            transit.pending.append(b"0\r\n\r\n")
        if carried and transit.answered:
            self.go_on()
        elif carried and not transit.has_body:
            self._carriage.begin(transit)

    # The carriage calls these.

    def write(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)

    def read(self, *, on: bool) -> None:
        if self._transport and not self._transport.is_closing():
            (self._transport.resume_reading if on else self._transport.pause_reading)()

    def go_on(self) -> None:
        done = self._carriage.transit
        assert done is not None, "nothing was carried"
        if not done.keep_alive:
            self.leave()
            return
        if not done.arrived:
            return
        self._carriage.transit = None
        self.since_s = time.monotonic()
        if self._queue:
            following = self._carriage.transit = self._queue.popleft()
            if following.arrived or following.has_body:
                self._carriage.begin(following)

    def leave(self) -> None:
        self._carriage.transit = None
        self._queue.clear()
        if self._transport:
            self._transport.close()

    def reset(self) -> None:
        if self._transport:
            # With a reset: a client that reads until the end must not take this for the end.
            reset_on_close(self._transport.get_extra_info("socket"))
        self.close()

    # The balancer calls these.

    def expire(self, now_s: float) -> None:
        """Give up on whoever keeps the other waiting for too long."""
        transit, limits = self._carriage.transit, self._balancer.timeouts
        if self._carriage.tunnel:
            return
        if transit is None or not (transit.arrived or transit.has_body):
            if now_s - self.since_s > limits.head_s:
                self._expire_idle()
        elif now_s - transit.touched_s > limits.answer_s and not transit.answered:
            if transit.arrived:
                self._carriage.expire(limits.answer_s)
            else:
                self._refuse(Refused(408, f"the request's body stopped for {limits.answer_s:g} s"))

    def close(self) -> None:
        """Cut the connection."""
        if self._transport:
            self._transport.abort()

    # Its own steps.

    def _read_head(self) -> Transit:
        fields, parser = self._fields, self._parser
        method, length = parser.get_method(), fields.get(b"content-length")
        chunked = fields.get(b"transfer-encoding") is not None
        return Transit(
            id=request_id(fields),
            method=method,
            target=self._target,
            fields=fields,
            version=parser.get_http_version(),
            keep_alive=parser.should_keep_alive(),
            has_body=chunked or (length is not None and length != b"0"),
            chunked=chunked,
            upgrade=parser.should_upgrade(),
            bytes_up=self._head_bytes + len(method),
        )

    def _refuse(self, refused: Refused) -> None:
        """Answer what cannot be read as a request, and close: the next byte could mean anything."""
        carriage = self._carriage
        carriage.let_go()
        if carriage.transit is None or carriage.transit.answered:
            carriage.transit = Transit.unreadable(request_id(Fields()))
        carriage.fail(refused.status, refused.reason, blame=False)

    def _expire_idle(self) -> None:
        if self._fields and self._carriage.transit is None and self._arriving is None and self._head_bytes:
            self._refuse(Refused(408, "the request's head did not end in time"))
        else:
            self.leave()

    def _grow(self, count: int) -> None:
        self._head_bytes += count
        if self._head_bytes > MOST_HEAD_BYTES or len(self._fields) > MOST_FIELDS:
            raise Refused(431, f"more than {MOST_FIELDS} fields or {MOST_HEAD_BYTES} bytes of header fields")
