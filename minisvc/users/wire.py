"""A kept HTTP/1.1 connection to the balancer that never blocks: one request at a time, one answer to each."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import httptools

from minisvc.keeping import DOCUMENT_FIELD
from minisvc.users.reactor import READ, WRITE, Reactor

PIECE = 65536
DOCUMENT = DOCUMENT_FIELD.lower().encode()


@dataclass(slots=True)
class Reply:
    """An answer as it came, or why there is none.

    Attributes:
        status: 0 until its head is here.
        cookies: its Set-Cookie fields.
        document: its Client-Document field; None if it had none.
        backend: its X-Backend field; None if it had none.
        error: why there is no answer; None if there is one.
        sent: whether any of the request had left, so that the work may have been done.
        bytes_up, bytes_down: heads and bodies.
    """

    status: int = 0
    cookies: list[str] = field(default_factory=list)
    document: str | None = None
    content_type: str = ""
    backend: str | None = None
    body: bytes = b""
    error: str | None = None
    sent: bool = False
    bytes_up: int = 0
    bytes_down: int = 0


Done = Callable[[Reply], object]


class Wire:
    """Connects by itself with the first request. After a failure it is of no more use (`is_open` is False)."""

    def __init__(self, reactor: Reactor, host: str, port: int) -> None:
        self._reactor, self._address = reactor, (host, port)
        self._link: socket.socket | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reply, self._out = Reply(), b""
        self._done: Done | None = None
        self._bodiless = self._writing = self._stays = self._until_close = self._whole = False
        self._parts: list[bytes] = []
        self.is_open = True

    def ask(self, data: bytes, done: Done, *, bodiless: bool = False) -> None:
        """Send a whole request; `done` is called once, never from within this. `bodiless`: it was a HEAD."""
        self._reply, self._done, self._out, self._bodiless = Reply(bytes_up=len(data)), done, data, bodiless
        self._parts, self._whole = [], False
        if self._link is None:
            self._connect()
        else:
            self._flush()

    def drop(self, error: str = "") -> None:
        """Close it; whoever waits for an answer is told the error."""
        self.is_open = False
        link, self._link = self._link, None
        if link:
            self._reactor.unwatch(link)
            link.close()
        done, self._done = self._done, None
        if done:
            reply = self._reply
            reply.error = error
            self._reactor.soon(lambda: done(reply))

    # The reactor calls this.

    def _ready(self, events: int) -> None:
        link = self._link
        if link is None:
            # Closed earlier in this turn.
            return
        if events & WRITE:
            self._flush()
        if events & READ and self._link is not None:
            self._read(link)

    def _connect(self) -> None:
        link = self._link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._writing = True
        self._reactor.watch(link, READ | WRITE, self._ready)
        code = link.connect_ex(self._address)
        if code not in {0, errno.EINPROGRESS}:
            self.drop(f"no connection: {errno.errorcode.get(code, code)}")

    def _flush(self) -> None:
        link = self._link
        assert link is not None, "a request without a connection"
        code = link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if self._writing else 0
        if code:
            self.drop(f"no connection: {errno.errorcode.get(code, code)}")
            return
        try:
            count = link.send(self._out) if self._out else 0
        except BlockingIOError:
            count = 0
        except OSError as error:
            self.drop(f"the connection broke: {error.strerror}")
            return
        self._out = self._out[count:]
        self._reply.sent = self._reply.sent or count > 0
        if bool(self._out) != self._writing:
            self._writing = bool(self._out)
            self._reactor.watch(link, READ | WRITE if self._writing else READ, self._ready)

    def _read(self, link: socket.socket) -> None:
        try:
            data = link.recv(PIECE)
        except BlockingIOError:
            return
        except OSError as error:
            self.drop(f"the connection broke: {error.strerror}")
            return
        if not data or self._done is None:
            # The other side closed: the end of an answer that has no length, or of the connection. And what
            # comes unasked could be taken for the next answer.
            self._whole = self._done is not None and self._reply.status >= 200 and self._until_close
            self._stays = False
            self._hand_over() if self._whole else self.drop("the connection was closed before the answer's end")
            return
        self._reply.bytes_down += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.drop(f"the answer is no HTTP/1.1: {error}")
        if self._whole:
            self._hand_over()

    def _hand_over(self) -> None:
        # Not from within the parser, which would wrap what `done` raises.
        done, self._done = self._done, None
        reply = self._reply
        reply.body = b"".join(self._parts)
        if not self._stays:
            self.drop()
        if done:
            done(reply)

    # httptools calls these while it parses.

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field; few matter here."""
        name = name.lower()
        if name == b"set-cookie":
            self._reply.cookies.append(value.decode("latin-1"))
        elif name == b"content-type":
            self._reply.content_type = value.decode("latin-1")
        elif name == b"x-backend":
            self._reply.backend = value.decode("latin-1") or None
        elif name == DOCUMENT:
            self._reply.document = value.decode("latin-1")
        elif name in {b"content-length", b"transfer-encoding"}:
            self._until_close = False

    def on_message_begin(self) -> None:
        """An answer begins."""
        self._until_close = True

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._reply.status = self._parser.get_status_code()
        self._stays = self._parser.should_keep_alive()
        if self._bodiless and self._reply.status >= 200:
            # llhttp cannot know that this answers a HEAD and would wait for the body: begin afresh.
            self._parser = httptools.HttpResponseParser(self)
            self.on_message_complete()

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        self._parts.append(data)

    def on_message_complete(self) -> None:
        """The answer is complete; interim ones (1xx) only announce it."""
        self._whole = self._reply.status >= 200
