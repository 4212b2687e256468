"""An answer of the origin, fresh from it or stored: what may be done with it is decided here, without any I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date, parse_set_header

from minisvc.edge.directives import directives, seconds

STORED_STATUSES = frozenset((200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501))
"""Those that a cache may keep by default (RFC 9110, section 15.1), but for 206: parts are not put together here."""
MOST_BODY_BYTES = 1_048_576
ERRORS = frozenset((500, 502, 503, 504))
"""RFC 5861, section 4."""
NEVER_STALE = ("must-revalidate", "proxy-revalidate", "s-maxage", "no-cache")
"""RFC 9111, section 4.2.4."""
SHARED = ("public", "s-maxage", "must-revalidate")
"""Say that an answer to a request with Authorization may be shared (RFC 9111, section 3.5)."""


@dataclass(frozen=True)
class Answer:
    """What came from the origin.

    Attributes:
        status: of the answer.
        fields: all of its header fields but those of the connection.
        body: all of it.
        came_s: when it was here, on the edge's clock.
        took_s: from the request to then.
    """

    status: int
    fields: Headers
    body: bytes
    came_s: float
    took_s: float = 0.0

    @cached_property
    def says(self) -> dict[str, str]:
        """Its directives."""
        return directives(self.fields.getlist("Cache-Control"))

    @property
    def is_error(self) -> bool:
        """Whether a stale answer may be given in its place."""
        return self.status in ERRORS

    @property
    def varies_by(self) -> frozenset[str]:
        """The request fields that it was chosen by, in lower case; "*" stands for what nobody can see."""
        return frozenset(parse_set_header(", ".join(self.fields.getlist("Vary"))).as_set())

    @property
    def fresh_for_s(self) -> float:
        """How old it may become and be fresh, in seconds; 0 where it does not say: nothing is guessed.

        RFC 9111, section 4.2.1: `s-maxage`, else `max-age`, else `Expires` less `Date`.
        """
        for name in ("s-maxage", "max-age"):
            if (said := seconds(self.says, name)) is not None:
                return said
        expires, date = parse_date(self.fields.get("Expires")), parse_date(self.fields.get("Date"))
        return max(0.0, (expires - date).total_seconds()) if expires and date else 0.0

    def age_s(self, now_s: float) -> float:
        """How old it is, by RFC 9111, section 4.2.3, without `Date`: no HTTP/1.0 cache is in between."""
        said = self.fields.get("Age", "")
        before_s = int(said) if said.isascii() and said.isdigit() else 0
        return before_s + self.took_s + now_s - self.came_s

    def left_s(self, now_s: float) -> float:
        """How long it is still fresh; negative where it is stale."""
        return self.fresh_for_s - self.age_s(now_s)

    def may_be_stale(self, extension: str, now_s: float) -> bool:
        """Whether `extension` ("stale-while-revalidate" or "stale-if-error", RFC 5861) allows it to be given now."""
        allowed_s = seconds(self.says, extension) or 0
        return -self.left_s(now_s) < allowed_s and not any(each in self.says for each in NEVER_STALE)

    def may_be_stored(self, authorized: bool) -> bool:
        """Whether others may be given it too (RFC 9111, section 3); `authorized`: its request had Authorization."""
        return (
            self.status in STORED_STATUSES
            and not any(each in self.says for each in ("no-store", "private", "no-cache"))
            and (self.fresh_for_s > 0 or "ETag" in self.fields)
            and "*" not in self.varies_by
            # Somebody's session is nobody else's, though RFC 9111 leaves that to the origin. NGINX does the same.
            and "Set-Cookie" not in self.fields
            and (not authorized or any(each in self.says for each in SHARED))
            and len(self.body) <= MOST_BODY_BYTES
        )

    def freshened(self, unchanged: Answer) -> Answer:
        """It after a 304 confirmed it, with the fields of that (RFC 9111, section 4.3.4)."""
        fields = Headers(self.fields)
        # An Age that it does not repeat was that of the answer before.
        fields.remove("Age")
        for name in {name.lower() for name, _ in unchanged.fields} - {"content-length"}:
            fields.setlist(name, unchanged.fields.getlist(name))
        return replace(self, fields=fields, came_s=unchanged.came_s, took_s=unchanged.took_s)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer on the shelf, and the request's fields by which it was chosen, in lower case (None: not sent)."""

    answer: Answer
    chosen_by: Mapping[str, str | None]

    def fits(self, fields: Headers) -> bool:
        """Whether another request is alike in those (RFC 9111, section 4.1)."""
        return all(value_of(fields, name) == value for name, value in self.chosen_by.items())


def value_of(fields: Headers, name: str) -> str | None:
    """All values of a request's field as one; None where it was not sent."""
    values = fields.getlist(name)
    return ", ".join(each.strip() for each in values) if values else None
