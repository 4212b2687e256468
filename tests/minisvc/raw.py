"""HTTP by hand, for what no client library would send."""

import io
import socket
from http.client import HTTPResponse
from typing import Any


class Link(socket.socket):
    """A connection whose answers are read through one buffer, so that pipelined ones are not lost."""

    buffer: "io.BufferedReader | None" = None

    def makefile(self, *_: Any, **__: Any) -> Any:
        if self.buffer is None:
            self.buffer = super().makefile("rb")
            self.buffer.close = lambda: None  # type: ignore[method-assign]  # the link closes it
        return self.buffer

    def close(self) -> None:
        if self.buffer is not None:
            io.BufferedReader.close(self.buffer)
        super().close()


def connect(port: int) -> Link:
    link = Link()
    link.settimeout(10)
    try:
        link.connect(("127.0.0.1", port))
    except BaseException:
        link.close()
        raise
    return link


def say(port: int, data: bytes) -> bytes:
    """Send `data` on a new connection and return all that comes back until the server closes."""
    with connect(port) as link:
        link.sendall(data)
        return read_all(link)


def read_all(link: socket.socket) -> bytes:
    parts = []
    while part := link.recv(65536):
        parts.append(part)
    return b"".join(parts)


def answer(link: Link, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """The next answer on the connection: status, fields (lower case), body."""
    response = HTTPResponse(link, method=method)
    response.begin()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
