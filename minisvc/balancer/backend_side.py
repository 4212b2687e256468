"""A connection to a backend: sends one request at a time, hands the answer's parts to its user."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

import httptools

from minisvc.balancer.message import Fields, has_no_body

SWITCHING = 101


class Receiver(Protocol):
    """Who asked: gets the answer as it arrives, or is told that none will come."""

    def answer_begins(self, status: int, fields: Fields) -> None:
        """The head is here."""

    def answer_part(self, data: bytes) -> None:
        """A part of the body."""

    def answer_ends(self) -> None:
        """That was all of it."""

    def answer_flush(self) -> None:
        """Everything that arrived together was handed over."""

    def tunnel_opened(self, data: bytes) -> None:
        """The backend switched protocols (101); `data` is what came after its head."""

    def tunnel_part(self, data: bytes) -> None:
        """Bytes of that protocol."""

    def tunnel_ended(self) -> None:
        """The backend closed the tunnel in order."""

    def answer_lost(self, reason: str) -> None:
        """The connection broke before the answer's end."""

    def backend_ready(self, *, writable: bool) -> None:
        """Whether more of the request's body may be written."""


class BackendSide(asyncio.Protocol):
    """Lives as long as its TCP connection; idle between requests."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.transport: asyncio.Transport | None = None
        self.reusable = True
        self._receiver: Receiver | None = None
        self._method = b""
        self._fields = Fields()
        self._headed = self._until_close = self._tunnel = False
        self._parser = httptools.HttpResponseParser(self)

    @property
    def is_open(self) -> bool:
        """Whether it can carry a request."""
        return self.transport is not None and not self.transport.is_closing()

    def ask(self, receiver: Receiver, method: bytes, data: bytes) -> None:
        """Write a request's head (and what there is of its body) for `receiver`."""
        self._receiver, self._method = receiver, method
        self._headed = self._until_close = False
        self.write(data)

    def write(self, data: bytes) -> None:
        """Write more of the body."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def abandon(self) -> None:
        """Nobody wants the answer any more: cut the connection."""
        self._receiver = None
        if self.transport is not None:
            self.transport.abort()

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        receiver = self._receiver
        if receiver is None:
            # A backend speaks only when asked: what comes unasked could be taken for another's answer.
            self.abandon()
            return
        if self._tunnel:
            receiver.tunnel_part(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as switched:
            self._tunnel = True
            receiver.tunnel_opened(data[switched.args[0] :])
            return
        except httptools.HttpParserError as error:
            self._lost(f"its answer is no HTTP/1.1: {error}")
            self.abandon()
            return
        receiver.answer_flush()

    def eof_received(self) -> bool:
        if self._receiver and self._headed and self._until_close:
            receiver = self._receiver
            self._end()
            receiver.answer_flush()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        receiver = self._receiver
        if receiver and self._tunnel and exc is None:
            self._receiver = None
            receiver.tunnel_ended()
            return
        self._lost("it reset the connection" if exc else "it closed the connection")

    def pause_writing(self) -> None:
        if self._receiver:
            self._receiver.backend_ready(writable=False)

    def resume_writing(self) -> None:
        if self._receiver:
            self._receiver.backend_ready(writable=True)

    # httptools calls these while it parses.

    def on_message_begin(self) -> None:
        self._fields = Fields()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._receiver is None or (status < 200 and status != SWITCHING):
            # 100 Continue and other interim answers are between the balancer and the backend.
            return
        if status == SWITCHING:
            self.reusable = False
            self._receiver.answer_begins(status, self._fields)
            return
        bodiless = has_no_body(self._method, status)
        self._until_close = not (
            bodiless or self._fields.get(b"content-length") or self._fields.get(b"transfer-encoding")
        )
        self.reusable = self._parser.should_keep_alive() and not self._until_close
        self._headed = True
        self._receiver.answer_begins(status, self._fields)
        if bodiless:
            # llhttp cannot know that this answers a HEAD and would wait for the body: begin afresh.
            self._parser = httptools.HttpResponseParser(self)
            self._end()

    def on_body(self, data: bytes) -> None:
        if self._receiver and self._headed:
            self._receiver.answer_part(data)

    def on_message_complete(self) -> None:
        if self._headed:
            self._end()

    def _end(self) -> None:
        receiver, self._receiver = self._receiver, None
        self._headed = False
        if receiver:
            receiver.answer_ends()

    def _lost(self, reason: str) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver:
            receiver.answer_lost(reason)
