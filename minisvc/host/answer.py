"""An app's answer on the wire: `start_response` (PEP 3333) and the framing of what follows (RFC 9112 section 6)."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any, Protocol

NO_BODY = frozenset({204, 304})


class Way(Protocol):
    """The connection to whoever asked."""

    def send(self, data: bytes) -> None:
        """Write all of it, or raise OSError."""

    @property
    def finishing(self) -> bool:
        """Whether this answer is the connection's last."""


class Answer:
    """What an app says to one request. `reusable`: whether the connection may be used again afterwards.

    `environ` is the request's; `keep_alive` says whether the client wants to use the connection again.
    """

    def __init__(self, connection: Way, environ: dict[str, Any], *, keep_alive: bool) -> None:
        self._connection = connection
        self._is_head = environ["REQUEST_METHOD"] == "HEAD"
        self._is_old = environ["SERVER_PROTOCOL"] == "HTTP/1.0"
        self._keep_alive = keep_alive
        self._status, self._fields = "", list[tuple[str, str]]()
        self._begun = self._chunked = False
        self.reusable = True

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """PEP 3333's `start_response`."""
        if self._status and not exc_info:
            raise AssertionError("start_response was called twice")
        if exc_info and self._begun:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._fields = status, headers
        return self.write

    def write(self, data: bytes, *, last: bool = False) -> None:
        """Send a part of the body; `last` if it is known to be all of it."""
        head = b"" if self._begun else self._begin(len(data) if last else None)
        framed = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
        if self._is_head or not data:
            framed = b""
        if head or framed:
            self._connection.send(head + framed)

    def finish(self) -> None:
        """End the body."""
        if not self._begun:
            self._connection.send(self._begin(0))
        elif self._chunked and not self._is_head:
            self._connection.send(b"0\r\n\r\n")

    def _begin(self, length: int | None) -> bytes:
        if not self._status:
            raise AssertionError("the app returned before it called start_response")
        self._begun = True
        names = {name.lower() for name, _ in self._fields}
        code = int(self._status[:3])
        extra = [] if "date" in names else [("Date", http_date())]
        if "content-length" not in names and code not in NO_BODY and code >= 200:
            extra += self._framing(length)
        if not self._keep_alive or self._connection.finishing:
            self.reusable = False
        if not self.reusable:
            extra.append(("Connection", "close"))
        lines = [f"{name}: {value}\r\n" for name, value in (*self._fields, *extra)]
        return f"HTTP/1.1 {self._status}\r\n{''.join(lines)}\r\n".encode("latin-1")

    def _framing(self, length: int | None) -> list[tuple[str, str]]:
        if length is not None and not self._is_head:
            return [("Content-Length", str(length))]
        if self._is_old:
            self.reusable = False
            return []
        self._chunked = True
        return [("Transfer-Encoding", "chunked")]


_date_cache = (0, "")


def http_date() -> str:
    """Now as an HTTP date (RFC 9110 section 5.6.7), made once a second."""
    global _date_cache  # noqa: PLW0603  # one value for the process, replaced as a whole
    now = int(time.time())
    if _date_cache[0] != now:
        _date_cache = (now, formatdate(now, usegmt=True))
    return _date_cache[1]
