"""Heads of messages: what a proxy must check, drop and add (RFC 9110 section 7, RFC 9112 section 6)."""

from __future__ import annotations

import json
import re
import secrets
from http import HTTPStatus


class Fields(list[tuple[bytes, bytes]]):
    """Header fields in order, names in lower case."""

    _first: dict[bytes, bytes] | None = None

    def get(self, name: bytes) -> bytes | None:
        """The first field of that name, or None. To be asked once all fields are there."""
        if self._first is None:
            self._first = dict(reversed(self))
        return self._first.get(name)


HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"transfer-encoding", b"upgrade", b"trailer")
)
"""Meant for one connection only, RFC 9110 section 7.6.1."""
FAULT_FIELD = b"x-statewise-fault"
"""In which an instance names the faults that touched its answer; ends at the balancer."""
REPLACED = frozenset((b"x-request-id", b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"))
IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"))
"""RFC 9110 section 9.2.2."""
MOST_HEAD_BYTES = 32768
MOST_FIELDS = 100

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_NO_BODY = frozenset((204, 304))


class Refused(Exception):
    """A request that the balancer answers itself."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


def check_request(fields: Fields, version: str) -> None:
    """Refuse what two parties could read in two ways, for that is how requests are smuggled.

    Raises:
        Refused: 400 with the reason and the section that it breaks.
    """
    names = [name for name, _ in fields]
    if b"transfer-encoding" in names and b"content-length" in names:
        raise Refused(400, "Content-Length and Transfer-Encoding together (RFC 9112 section 6.1)")
    if names.count(b"content-length") > 1:
        raise Refused(400, "more than one Content-Length (RFC 9112 section 6.3)")
    if names.count(b"host") > 1 or (version == "1.1" and b"host" not in names):
        raise Refused(400, "exactly one Host field is needed (RFC 9112 section 3.2)")


def faults_named(fields: Fields) -> list[str]:
    """The faults that the instance says touched its answer; the client is not told."""
    said = fields.get(FAULT_FIELD)
    return said.decode("latin-1").split(", ") if said else []


def request_id(fields: Fields) -> str:
    """The client's X-Request-ID if it is well formed, else a new one."""
    given = fields.get(b"x-request-id")
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def forwarded_head(line: bytes, fields: Fields, *, exchange_id: str, peer: bytes, framing: bytes = b"") -> bytes:
    """The request's head as the backend gets it.

    `line` is its method and target, `peer` the client's address, `framing` what this connection needs.
    For whom it was forwarded is told in both forms: `Forwarded` (RFC 7239) and the older `X-Forwarded-*`.
    """
    before, chain = fields.get(b"x-forwarded-for"), fields.get(b"forwarded")
    added = [
        b"x-request-id: " + exchange_id.encode(),
        b"x-forwarded-for: " + (before + b", " if before else b"") + peer,
        b"x-forwarded-proto: http",
        b"forwarded: " + (chain + b", " if chain else b"") + b"for=" + peer + b";proto=http",
        b"via: 1.1 statewise",
    ]
    if fields.get(b"host") is None:
        # An HTTP/1.0 client need not send one, but this request goes on as HTTP/1.1.
        added.append(b"host: localhost")
    if framing:
        added.append(framing)
    return _head(line + b" HTTP/1.1", fields, _dropped(fields) | REPLACED, added)


def answered_head(status: int, fields: Fields, added: list[bytes]) -> bytes:
    """The answer's head as the client gets it."""
    return _head(b"HTTP/1.1 %d %b" % (status, phrase(status)), fields, _dropped(fields) | {FAULT_FIELD}, added)


def phrase(status: int) -> bytes:
    """The reason phrase, "" for a status that is not registered."""
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


def has_no_body(method: bytes, status: int) -> bool:
    """Whether the answer ends with its head, RFC 9112 section 6.3."""
    return method == b"HEAD" or status in _NO_BODY or status < 200


def own_answer(status: int, reason: str, exchange_id: str, *, definite: bool = True) -> bytes:
    """A whole answer of the balancer's own, which says why and whether the work may have been done."""
    said = {
        "error": HTTPStatus(status).phrase,
        "reason": reason,
        "definite": definite,
        "request": exchange_id,
    }
    body = json.dumps(said, indent=1).encode() + b"\n"
    added = [
        b"content-type: application/json",
        b"content-length: %d" % len(body),
        b"x-request-id: " + exchange_id.encode(),
        b"connection: close",
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        added.append(b"retry-after: 1")
    return answered_head(status, Fields(), added) + body


def _head(line: bytes, fields: Fields, dropped: frozenset[bytes], added: list[bytes]) -> bytes:
    kept = [b"%b: %b" % field for field in fields if field[0] not in dropped]
    return b"\r\n".join([line, *kept, *added, b"\r\n"])


def _dropped(fields: Fields) -> frozenset[bytes]:
    connection = fields.get(b"connection")
    if connection is None:
        return HOP_BY_HOP
    return HOP_BY_HOP | {option.strip().lower() for option in connection.split(b",")}
