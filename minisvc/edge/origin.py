"""Asking the origin."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from minisvc.balancer.message import HOP_BY_HOP
from minisvc.clock import Clock
from minisvc.edge.answer import Answer
from minisvc.errors import MinisvcError

OF_CONNECTION = frozenset(name.decode() for name in HOP_BY_HOP)


class NoOrigin(MinisvcError):
    """The address is none of an origin."""

    def __init__(self, address: object) -> None:
        self.address = address
        super().__init__(f"The origin is {address!r}; it must be an address like http://127.0.0.1:8000.")


class Unreachable(MinisvcError):
    """The origin took no connection, or broke it, or did not answer in time."""

    def __init__(self, origin: str, reason: object) -> None:
        self.origin, self.reason = origin, str(reason)
        super().__init__(f"The origin {origin} cannot be reached: {reason}.")


class Origin:
    """One server, asked on a connection of its own each time.

    Args:
        address: such as "http://127.0.0.1:8000".
        clock: of the edge.
        timeout_s: for the connection, and for each part of the answer.

    Raises:
        NoOrigin: that is no such address.
    """

    def __init__(self, address: str, clock: Clock, timeout_s: float) -> None:
        parts = urlsplit(address) if isinstance(address, str) else None
        if not parts or parts.scheme != "http" or not parts.hostname:
            raise NoOrigin(address)
        self.address, self._clock, self._timeout_s = address, clock, timeout_s
        self._host, self._port = parts.hostname, parts.port or 80

    def ask(self, method: str, target: str, fields: Headers, body: bytes = b"") -> Answer:
        """Its answer.

        Raises:
            Unreachable: there is none.
        """
        began_s = self._clock()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in end_to_end(fields):
                connection.putheader(name, value.encode("latin-1"))
            connection.putheader("Via", "1.1 statewise-edge")
            if body or method in {"POST", "PUT", "PATCH"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            said = connection.getresponse()
            content = said.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(self.address, str(error) or type(error).__name__) from error
        finally:
            connection.close()
        came_s = self._clock()
        return Answer(said.status, end_to_end(Headers(said.getheaders())), content, came_s, came_s - began_s)


def end_to_end(fields: Headers) -> Headers:
    """The fields without those of one connection (RFC 9110, section 7.6.1) and the length, which each side counts."""
    named = {each.strip().lower() for each in fields.get("Connection", "").split(",")}
    dropped = OF_CONNECTION | named | {"content-length"}
    return Headers([(name, value) for name, value in fields if name.lower() not in dropped])
