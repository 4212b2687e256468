"""HTTP/1.1 on one accepted connection, handing each request to a WSGI app (PEP 3333).

Why a server of our own: an instance must be *crashable*. No server in the field can reset its
connections and fence its handlers in the middle of a request, which is what this lab is about.
Parsing is httptools' (llhttp); messages that could be read in two ways are refused with 400.
"""

from __future__ import annotations

import io
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import httptools
from werkzeug.exceptions import ClientDisconnected

from minisvc.host.answer import Answer

RECEIVE_BYTES = 65536
MOST_HEAD_BYTES = 65536

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI app (PEP 3333)."""


class Request:
    """One request as it arrives: its environ, and as much of its body as has been read."""

    def __init__(self, base: dict[str, Any]) -> None:
        self.environ = dict(base)
        self.url = b""
        self.head_bytes = 0
        self.has_head = False
        self.complete = False
        self.keep_alive = True
        self.body = bytearray()

    def header(self, name: bytes, value: bytes) -> None:
        """Add one field; repeated ones are joined by a comma, as RFC 9110 section 5.3 allows."""
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        self.environ[key] = f"{self.environ[key]}{joint}{text}" if key in self.environ else text


class Refused(Exception):
    """A request that gets a status of its own instead of an app's answer."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


class ClientLeft(ClientDisconnected, ConnectionResetError):
    """The client left in the middle of its request.

    For Flask and others on Werkzeug it is a 400 that nobody will read, and no error of the app to be logged; for any
    other app it is what a socket raises.
    """


class Body(io.RawIOBase):
    """`wsgi.input`: reads from the connection only as fast as the app asks."""

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection, self._request = connection, request
        self._continue = request.environ.get("HTTP_EXPECT", "").lower() == "100-continue"

    def readable(self) -> bool:
        """Always True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with what there is; 0 at the end of the body."""
        request = self._request
        if self._continue and not request.complete and not request.body:
            self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._continue = False
        while not request.body and not request.complete:
            if not self._connection.receive():
                raise ClientLeft("The client left in the middle of its request.")
        count = min(len(buffer), len(request.body))
        buffer[:count] = request.body[:count]
        del request.body[:count]
        return count


class Guard(Protocol):
    """How the host watches over calls into the app."""

    def enter(self) -> None:
        """A handler starts; raises InstanceCrashed if the instance is dead."""

    def leave(self) -> None:
        """It ended; raises InstanceCrashed if the instance died meanwhile."""

    @property
    def finishing(self) -> bool:
        """True while the instance drains: answer, then close."""


class Connection:
    """Reads requests off one socket and answers them in order.

    `idle` is True between two requests; `in_call` while its thread is in a system call on the socket.
    """

    def __init__(self, link: socket.socket, app: App, base: dict[str, Any], guard: Guard) -> None:
        self.link = link
        self.idle = True
        self.in_call = False
        self._app, self._base, self._guard = app, {**base, **_of_link(link)}, guard
        self._requests: deque[Request] = deque()
        self._arriving = Request(base)
        self._parser = httptools.HttpRequestParser(self)

    def serve(self) -> None:
        """Answer requests until either side closes; the caller closes the socket."""
        while request := self._next():
            self.idle = False
            try:
                self._check(request)
                keep = self._answer(request)
            except Refused as refused:
                self._refuse(refused)
                return
            if not keep or not self._drop_rest(request):
                return
            self.idle = True
            # Draining sees who is idle and lets go of them; whoever becomes idle only then sees the draining.
            if self.finishing and not self._requests:
                return

    @property
    def finishing(self) -> bool:
        """Whether the instance drains, so that this answer is the connection's last."""
        return self._guard.finishing

    def receive(self) -> bool:
        """Feed the parser with what arrives next; False when the client has closed."""
        self.in_call = True
        data = self.link.recv(RECEIVE_BYTES)
        self.in_call = False
        if not data:
            return False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # No upgrade is offered here: RFC 9110 section 7.8 lets a server ignore it.
            self._arriving.complete = True
        except httptools.HttpParserError as error:
            raise Refused(400, f"this is no HTTP/1.1 request: {error}") from error
        if self._arriving.head_bytes > MOST_HEAD_BYTES:
            raise Refused(431, f"the header fields exceed {MOST_HEAD_BYTES} bytes")
        return True

    def send(self, data: bytes) -> None:
        """Write all of it, or raise OSError."""
        self.in_call = True
        self.link.sendall(data)
        self.in_call = False

    def _next(self) -> Request | None:
        try:
            while not self._requests:
                if not self.receive():
                    return None
        except Refused as refused:
            self._refuse(refused)
            return None
        return self._requests.popleft()

    def _check(self, request: Request) -> None:
        environ = request.environ
        if "CONTENT_LENGTH" in environ and "HTTP_TRANSFER_ENCODING" in environ:
            raise Refused(400, "Content-Length and Transfer-Encoding together (RFC 9112 section 6.1)")
        if environ["SERVER_PROTOCOL"] == "HTTP/1.1" and "HTTP_HOST" not in environ:
            raise Refused(400, "an HTTP/1.1 request needs a Host field (RFC 9112 section 3.2)")

    def _refuse(self, refused: Refused) -> None:
        body = f"{refused.reason}\n".encode()
        head = f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}\r\n"
        fields = f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        self.send(f"{head}{fields}Connection: close\r\n\r\n".encode() + body)

    def _drop_rest(self, request: Request) -> bool:
        """Read past a body that the app left unread; False if the client has gone."""
        while not request.complete:
            request.body.clear()
            if not self.receive():
                return False
        return True

    def _answer(self, request: Request) -> bool:
        """Call the app and send its answer; whether the connection may be used again."""
        has_body = not request.complete or bool(request.body)
        request.environ["wsgi.input"] = io.BufferedReader(Body(self, request)) if has_body else io.BytesIO()
        answer = Answer(self, request.environ, keep_alive=request.keep_alive)
        self._guard.enter()
        try:
            chunks = self._app(request.environ, answer.start)
            try:
                for chunk in chunks:
                    answer.write(chunk, last=len(chunks) == 1 if isinstance(chunks, list) else False)
            finally:
                close = getattr(chunks, "close", None)
                if close:
                    close()
        finally:
            self._guard.leave()
        answer.finish()
        return answer.reusable

    # httptools calls these while it parses.

    def on_message_begin(self) -> None:
        self._arriving = Request(self._base)

    def on_url(self, url: bytes) -> None:
        self._arriving.url += url
        self._arriving.head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._arriving.head_bytes += len(name) + len(value) + 4
        self._arriving.header(name, value)

    def on_headers_complete(self) -> None:
        request, parser = self._arriving, self._parser
        target = request.url
        if not target.startswith(b"/") and b"://" in target:
            # Absolute form, RFC 9112 section 3.2.2.
            target = b"/" + target.split(b"://", 1)[1].partition(b"/")[2]
        path, _, query = target.partition(b"?")
        request.environ["REQUEST_METHOD"] = parser.get_method().decode("ascii")
        request.environ["SERVER_PROTOCOL"] = f"HTTP/{parser.get_http_version()}"
        request.environ["PATH_INFO"] = self._below_mount(unquote_to_bytes(path).decode("latin-1"))
        request.environ["QUERY_STRING"] = query.decode("latin-1")
        request.environ["REQUEST_URI"] = request.url.decode("latin-1")
        request.keep_alive = parser.should_keep_alive()
        request.has_head = True
        self._requests.append(request)

    def _below_mount(self, path: str) -> str:
        mount = self._base["SCRIPT_NAME"]
        if path == mount or path.startswith(f"{mount}/"):
            return path[len(mount) :]
        return path

    def on_body(self, data: bytes) -> None:
        self._arriving.body += data

    def on_message_complete(self) -> None:
        self._arriving.complete = True


def _of_link(link: socket.socket) -> dict[str, Any]:
    """What is known of a connection. The socket itself is there for WebSockets, under Werkzeug's name for it."""
    try:
        address, port = link.getpeername()[:2]
    except OSError:
        # It left already: the first read will tell.
        address, port = "", ""
    return {"REMOTE_ADDR": str(address), "REMOTE_PORT": str(port), "werkzeug.socket": link}


def base_environ(service: str, port: int, mount: str = "/") -> dict[str, Any]:
    """What every request's environ begins with; the app is mounted at the path `mount` (SCRIPT_NAME)."""
    return {
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_SOFTWARE": f"statewise ({service})",
        "SCRIPT_NAME": mount.removesuffix("/"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        # The body ends where the input does (chunked bodies have no length): Werkzeug honours this.
        "wsgi.input_terminated": True,
    }
