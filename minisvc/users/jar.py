"""A cookie jar for one user and one host, small and correct: RFC 6265 sections 5.1.4, 5.2 to 5.4.

One user talks to one host over plain HTTP. So the Domain attribute matters only where it names another host,
and a Secure cookie, which such a connection may not set (RFC 6265bis section 5.7), is not kept. Nor is one that is too
large, and nobody is told: the former one of that name stays (RFC 6265bis section 5.6).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz

from minisvc.clock import Clock

NEVER = float("inf")
MOST_BYTES = 4096
"""Of a cookie's name and value together."""
MOST_OBEYED = 64
"""Set-Cookie fields that a jar remembers as obeyed."""


@dataclass(slots=True)
class _Cookie:
    value: str
    expires_at: float


class Jar:
    """Cookies by name and path. Not safe from several threads.

    Args:
        host: the only host that it serves, as in the Host field without a port.
        clock: seconds since the epoch, for Expires is a date.
    """

    def __init__(self, host: str = "127.0.0.1", clock: Clock = time.time) -> None:
        self._host, self._clock = host, clock
        # In order of creation: a cookie that is replaced keeps its place (section 5.3, step 11).
        self._cookies: dict[tuple[str, str], _Cookie] = {}
        self._soonest = NEVER
        self._headers: dict[str, str] = {}
        # Many services set the same cookie with every answer. What was obeyed since the last change, and depends on
        # no clock, changes nothing when it comes again.
        self._obeyed: set[tuple[str, str]] = set()

    def take(self, field: str, path: str) -> None:
        """Obey one Set-Cookie field of the answer to a request for `path`; what is malformed is ignored."""
        if (field, path) not in self._obeyed:
            self._obey(field, path)

    def _obey(self, field: str, path: str) -> None:
        pair, _, rest = field.partition(";")
        name, equals, value = pair.partition("=")
        name, value = name.strip(), value.strip()
        attributes = _attributes(rest)
        if not equals or not name or "secure" in attributes or not self._is_ours(attributes.get("domain", "")):
            return
        if len(name) + len(value) > MOST_BYTES:
            return
        given = attributes.get("path", "")
        key = name, given if given.startswith("/") else _default_path(path)
        expires_at = self._expiry(attributes)
        known = self._cookies.get(key)
        if expires_at <= self._clock():
            self._cookies.pop(key, None)
            self._changed()
        elif known != _Cookie(value, expires_at):
            # One that is replaced keeps its place.
            self._cookies[key] = _Cookie(value, expires_at)
            self._changed()
        if expires_at == NEVER and len(self._obeyed) < MOST_OBEYED:
            self._obeyed.add((field, path))

    def header(self, path: str) -> str:
        """The Cookie field for a request to `path` (without its query); "" if there is nothing to send."""
        if self._soonest <= self._clock():
            self._expire()
        ready = self._headers.get(path)
        if ready is None:
            fitting = [(key, each) for key, each in self._cookies.items() if path_matches(path, key[1])]
            # Longer paths first, then the older cookie, for sorting keeps the order of equals (section 5.4).
            fitting.sort(key=lambda pair: -len(pair[0][1]))
            ready = self._headers[path] = "; ".join(f"{key[0]}={each.value}" for key, each in fitting)
        return ready

    def clear(self) -> None:
        """Forget them all."""
        self._cookies.clear()
        self._changed()

    def _expire(self) -> None:
        now_s = self._clock()
        self._cookies = {key: each for key, each in self._cookies.items() if each.expires_at > now_s}
        self._changed()

    def _changed(self) -> None:
        self._soonest = min((each.expires_at for each in self._cookies.values()), default=NEVER)
        self._headers.clear()
        self._obeyed.clear()

    def _expiry(self, attributes: dict[str, str]) -> float:
        """Max-Age wins over Expires (section 5.3, step 3); neither: until the jar is cleared."""
        age = attributes.get("max-age", "")
        if age.isdigit() or (age[:1] == "-" and age[1:].isdigit()):
            return self._clock() + int(age) if int(age) > 0 else 0.0
        return _moment(attributes.get("expires", ""))

    def _is_ours(self, domain: str) -> bool:
        return domain.removeprefix(".").lower() in {"", self._host}


def path_matches(path: str, of_cookie: str) -> bool:
    """Whether a cookie of that path goes with a request for `path` (RFC 6265 section 5.1.4)."""
    if not path.startswith(of_cookie):
        return False
    return len(path) == len(of_cookie) or of_cookie.endswith("/") or path[len(of_cookie)] == "/"


def _default_path(path: str) -> str:
    return path[: path.rfind("/")] or "/"


def _attributes(text: str) -> dict[str, str]:
    """By lower-case name; the last of a name counts (section 5.3)."""
    parts = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _moment(date: str) -> float:
    """Seconds since the epoch; what is no date counts as not given (section 5.2.1)."""
    parsed = parsedate_tz(date)
    try:
        return NEVER if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return NEVER
