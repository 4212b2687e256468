"""The shared cache as a WSGI app: what is given from the shelf, what is asked of the origin, and what is then kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.wrappers import Request, Response

from minisvc.clock import Clock
from minisvc.edge.answer import Answer
from minisvc.edge.origin import Origin, Unreachable
from minisvc.edge.shelf import Key, Shelf

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
"""RFC 9110, section 9.2.1."""
CONDITIONS = ("If-None-Match", "If-Modified-Since")
NAME = "statewise-edge"


@dataclass(frozen=True)
class Asked:
    """A request at the edge: `fields` as they go to the origin, `key` what stored answers are found by."""

    method: str
    target: str
    fields: Headers
    key: Key
    body: bytes = b""

    @property
    def from_cache(self) -> bool:
        """Whether a stored answer will do: not for another method, nor for a part (RFC 9110, section 14.2)."""
        return self.method in {"GET", "HEAD"} and "Range" not in self.fields


class Cache:
    """A shared cache by RFC 9111, with the stale answers of RFC 5861; each answer tells what it did (RFC 9211).

    Nothing is guessed: an answer that does not say how long it is fresh is asked for each time.

    Args:
        origin: who is asked.
        shelf: where answers are kept.
        clock: by which they grow old.
        behind: runs what nobody waits for: making a stale answer fresh again.
    """

    def __init__(
        self, origin: Origin, shelf: Shelf, clock: Clock, behind: Callable[[Callable[[], None]], None]
    ) -> None:
        self._origin, self._shelf, self._clock, self._behind = origin, shelf, clock, behind
        self._lock = threading.Lock()
        self._refreshing: set[tuple[Key, int]] = set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        asked = _asked(environ)
        response = self.answer(asked)
        if asked.from_cache:
            # A client that has it already is told so, also where the origin was not asked.
            response.make_conditional(environ)
        return response(environ, start_response)

    def answer(self, asked: Asked) -> Response:
        """From the shelf if that may be, else from the origin."""
        if not asked.from_cache:
            return self._carried(asked)
        stored, now_s = self._shelf.find(asked.key, asked.fields), self._clock()
        if stored is None:
            return self._missed(asked)
        if stored.left_s(now_s) > 0:
            return self._given(stored, "hit")
        if stored.may_be_stale("stale-while-revalidate", now_s):
            self._refresh_behind(asked, stored)
            return self._given(stored, "hit")
        return self._validated(asked, stored)

    def _carried(self, asked: Asked) -> Response:
        """Something for the origin alone."""
        why = "fwd=bypass" if asked.method in {"GET", "HEAD"} else "fwd=method"
        try:
            found = self._origin.ask(asked.method, asked.target, asked.fields, asked.body)
        except Unreachable as unreachable:
            return _unreachable(unreachable, why)
        if asked.method not in SAFE and found.status < 400:
            # What it changed is not to be given from the shelf any more (RFC 9111, section 4.4).
            self._shelf.drop(asked.key)
        return _response(found, f"{why}; fwd-status={found.status}", None)

    def _missed(self, asked: Asked) -> Response:
        why = "fwd=vary-miss" if self._shelf.has(asked.key) else "fwd=uri-miss"
        try:
            found = self._ask(asked)
        except Unreachable as unreachable:
            return _unreachable(unreachable, why)
        return _response(found, f"{why}; fwd-status={found.status}{self._keep(asked, found)}", None)

    def _validated(self, asked: Asked, stored: Answer) -> Response:
        """A stale one: the origin is asked whether it still holds, and what if not."""
        try:
            found = self._ask(asked, stored)
        except Unreachable as unreachable:
            if stored.may_be_stale("stale-if-error", self._clock()):
                return self._given(stored, "fwd=stale; detail=stale-if-error")
            return _unreachable(unreachable, "fwd=stale")
        if found.is_error and stored.may_be_stale("stale-if-error", self._clock()):
            return self._given(stored, f"fwd=stale; fwd-status={found.status}; detail=stale-if-error")
        if found.status == 304:
            fresh = stored.freshened(found)
            return self._given(fresh, f"fwd=stale; fwd-status=304{self._keep(asked, fresh)}")
        return _response(found, f"fwd=stale; fwd-status={found.status}{self._keep(asked, found)}", None)

    def _refresh_behind(self, asked: Asked, stored: Answer) -> None:
        """Make it fresh while nobody waits; one at a time.

        It carries the id of the request that it is behind, so that whoever counts requests counts both as one.
        """
        with self._lock:
            mine = (asked.key, id(stored))
            if mine in self._refreshing:
                return
            self._refreshing.add(mine)

        def refresh() -> None:
            try:
                self._validated(asked, stored)
            finally:
                with self._lock:
                    self._refreshing.discard(mine)

        self._behind(refresh)

    def _ask(self, asked: Asked, stored: Answer | None = None) -> Answer:
        """Ask for all of it, whatever the client has; with a stored answer, whether that still holds."""
        fields = Headers([each for each in asked.fields if each[0].title() not in CONDITIONS])
        if stored and "ETag" in stored.fields:
            fields["If-None-Match"] = stored.fields["ETag"]
        # What answers a HEAD is no answer to the next GET.
        return self._origin.ask("GET", asked.target, fields)

    def _keep(self, asked: Asked, found: Answer) -> str:
        """Put it on the shelf if that may be, in the words of Cache-Status."""
        if not found.may_be_stored("Authorization" in asked.fields):
            return ""
        self._shelf.put(asked.key, asked.fields, found)
        return "; stored"

    def _given(self, stored: Answer, how: str) -> Response:
        return _response(stored, f"{how}; ttl={int(stored.left_s(self._clock()))}", self._clock())


def _asked(environ: dict[str, Any]) -> Asked:
    request = Request(environ)
    fields = Headers(EnvironHeaders(environ))
    before = fields.get("X-Forwarded-For")
    peer = environ.get("REMOTE_ADDR", "")
    fields["X-Forwarded-For"] = f"{before}, {peer}" if before else peer
    query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    target = environ["REQUEST_URI"].partition("?")[0] + query
    return Asked(request.method, target, fields, (request.host, target), request.get_data())


def _response(found: Answer, status: str, now_s: float | None) -> Response:
    """An answer for the client; `now_s`: it is from the shelf, and as old as it is then."""
    response = Response(found.body, found.status, Headers(found.fields))
    response.headers["Cache-Status"] = f"{NAME}; {status}"
    if now_s is not None:
        response.headers["Age"] = str(int(found.age_s(now_s)))
    return response


def _unreachable(error: Unreachable, why: str) -> Response:
    said = json.dumps({"error": "Bad Gateway", "reason": str(error)})
    status = f"{NAME}; {why}; detail=unreachable"
    return Response(said, 502, {"Cache-Status": status, "Cache-Control": "no-store"}, mimetype="application/json")
