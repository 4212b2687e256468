"""Sessions that the client carries in its cookie: what all such mechanisms have in common.

They end by the same two timeouts as sessions in a store, for their times travel with them. What they cannot do is
forget: an old cookie that has not timed out is good again (RFC 6265, section 8.2 and 8.5).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

from minisvc.clock import Clock
from minisvc.keeping import Keeping
from minisvc.keyvalue import TooLarge
from minisvc.state.mechanism import Held, Mechanism
from minisvc.state.refusals import refuse
from minisvc.state.sessions import Record, is_use_to_be_noted

MOST_BYTES = 4096
"""Of a cookie's name and value together: more, and the client drops it without a word (RFC 6265bis, section 5.7)."""


class Seal(Protocol):
    """How a record becomes the text of a cookie, and a record again."""

    def close(self, record: Record) -> str:
        """The text: letters, digits and the signs that a cookie may have."""

    def open(self, text: str) -> Record | None:
        """The record; None for a text that was not made by this seal."""


class CarriedSession(SecureCookieSession):
    """A session that knows the record which it was read from; None for a new one."""

    def __init__(self, initial: Mapping[str, Any] | None = None, saved: Record | None = None) -> None:
        super().__init__(initial)
        self.saved = saved


class CarriedSessions(SessionInterface):
    """Flask's seam: a session from the request's cookie, and into the response's."""

    def __init__(self, seal: Seal, keeping: Keeping, clock: Clock) -> None:
        self.seal, self.keeping, self._clock = seal, keeping, clock

    def regenerate(self, session: Any) -> None:
        """There is no id to renew: the whole session is written anew, and its absolute timeout begins again."""
        session.saved, session.modified = None, True

    def open_session(self, app: Flask, request: Request) -> CarriedSession:
        """The session in the cookie; a new one if the seal is broken or it is over."""
        record = self.seal.open(request.cookies.get(self.get_cookie_name(app), ""))
        if record is None or record.ttl_s(self.keeping, self._clock()) <= 0:
            return CarriedSession()
        return CarriedSession(record.data, record)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Set the cookie if the session changed or its use is to be noted; refuse what the client would drop."""
        if session.accessed:
            response.vary.add("Cookie")
        name, now_s = self.get_cookie_name(app), self._clock()
        if not session:
            if session.modified:
                response.delete_cookie(name, path=self.get_cookie_path(app))
            return
        saved: Record | None = session.saved
        if not session.modified and (saved is None or not is_use_to_be_noted(saved, self.keeping, now_s)):
            return
        former = saved or Record(now_s, now_s, {})
        value = self.seal.close(replace(former, used_s=now_s, data=dict(session)))
        if len(name) + len(value) > MOST_BYTES:
            refuse(response, TooLarge("a cookie", len(name) + len(value), MOST_BYTES))
            return
        response.set_cookie(
            name,
            value,
            path=self.get_cookie_path(app),
            httponly=self.get_cookie_httponly(app),
            samesite=self.get_cookie_samesite(app),
        )
        response.vary.add("Cookie")


class Carried(Mechanism):
    """Nothing is held on this side: whoever has the seal can read what clients present."""

    @property
    @abstractmethod
    def seal(self) -> Seal:
        """The seal of all instances."""

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the given cookies, as far as their seals are good and they are not over."""
        found = ((cookie, self.seal.open(cookie)) for cookie in cookies)
        now_s, keeping = self.clock(), self.service.keeping
        return [Held("client", cookie, each.data) for cookie, each in found if each and each.ttl_s(keeping, now_s) > 0]
