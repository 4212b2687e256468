"""The session as a signed token (JWT) in the cookie: any instance verifies it without asking anybody.

What it says can be read by whoever holds it; what it cannot do is end early. With `Keeping.deny_list`, the sessions
that were logged out are looked up in a store, one question a request, and a token is no longer believed by itself.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import msgspec
from flask import Flask, Request, Response

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.keyvalue import KeyValue, StoreDown
from minisvc.layout import Service
from minisvc.state.carried import Carried, CarriedSession, CarriedSessions
from minisvc.state.mechanism import Cookie, Held, Probe, Terms, nothing
from minisvc.state.redis import Redis
from minisvc.state.refusals import refusal, refuse
from minisvc.state.sessions import Record, Refused
from minisvc.tokens import KeyRing, TokenKey, TokenRefused, WebTokens

ISSUER = "statewise"
KIND = "session+jwt"
MOST_BYTES = 4096
DENIED = "denied."


@dataclass(frozen=True, slots=True)
class TokenRecord(Record):
    """A session as a token says it. `sid` stays when the session changes, so that all its tokens can be denied at once:
    each has a `jti` of its own, and to deny one of them would leave the earlier ones good.
    """

    sid: str = ""


class TokenSeal:
    """Turns sessions into tokens and back. What a session holds must be JSON.

    Args:
        keys: a ring, as `KeyRing.to_bytes` writes it.
        audience: the cookie's name, for no other service may believe the token.
    """

    def __init__(self, keys: bytes, audience: str, keeping: Keeping, clock: Clock) -> None:
        ring = KeyRing.from_bytes(keys)
        self._tokens = WebTokens(ring, ISSUER, audience, KIND, clock, most_bytes=MOST_BYTES)
        self._keeping = keeping

    def close(self, record: Record) -> str:
        """A token that lives as long as the session does if nobody uses it."""
        claims = {
            "sid": record.sid if isinstance(record, TokenRecord) else secrets.token_urlsafe(16),
            "began": _tenths(record.began_s),
            "iat": _tenths(record.used_s),
            "data": record.data,
        }
        return self._tokens.issue(claims, record.ttl_s(self._keeping, record.used_s))

    def open(self, text: str) -> TokenRecord | None:
        """The session, if the token is to be believed."""
        try:
            claims = msgspec.convert(self._tokens.read(text), _Claims)
        except (TokenRefused, msgspec.ValidationError):
            # Another cluster's, or one that was tampered with: no session, as for the service.
            return None
        return TokenRecord(claims.began, claims.iat, claims.data, claims.sid)


class _Claims(msgspec.Struct):
    sid: str
    began: float
    iat: float
    data: dict[str, Any]


class DenyingSessions(CarriedSessions):
    """Sessions in tokens, and a list of those that are over before their time.

    Args:
        listed: where the list is; an entry goes when the last token that it denies has expired.
    """

    def __init__(self, seal: TokenSeal, keeping: Keeping, clock: Clock, listed: KeyValue) -> None:
        super().__init__(seal, keeping, clock)
        self._listed = listed

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session in the token, unless it is on the list; a list that cannot be asked denies everybody."""
        session = super().open_session(app, request)
        try:
            denied = is_denied(self._listed, session.saved)
        except StoreDown as down:
            return Refused(refusal(down))
        return CarriedSession() if denied else session

    def regenerate(self, session: Any) -> None:
        """A new session id; the old one goes on the list when the answer does."""
        session.former = session.saved
        super().regenerate(session)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Set the cookie, and deny what was logged out or renewed."""
        over = getattr(session, "former", None) or (session.saved if session.modified and not session else None)
        super().save_session(app, session, response)
        try:
            if over is not None:
                self._deny(over)
        except StoreDown as down:
            refuse(response, down)

    def _deny(self, record: TokenRecord) -> None:
        # No token of this session lives longer than one that would be issued now.
        now_s = self._clock()
        longest_s = replace(record, used_s=now_s).ttl_s(self.keeping, now_s)
        if longest_s > 0:
            self._listed.put(DENIED + record.sid, b"", ttl_s=longest_s)


class SignedToken(Carried):
    """One key ring for all instances, made anew for each cluster; a store only where there is a deny-list."""

    name = "signed_token"
    algorithm: ClassVar[str] = "HS256"

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        super().__init__(service, cookie, clock)
        self._use(KeyRing.make(self.algorithm))
        self._list = Redis(service, cookie, clock) if service.keeping.deny_list else None
        if self._list:
            self.store, self.links = self._list.store, self._list.links

    @property
    def seal(self) -> TokenSeal:
        """The seal that instances make, too."""
        return self._seal

    def announce_key(self) -> None:
        """Let instances that start from now on believe one more key, by which nobody signs yet."""
        self._use(self._ring.announced(TokenKey.make(self.algorithm)))

    def rotate_key(self) -> None:
        """Let instances that start from now on sign by the last announced key, and believe the former one as well."""
        self._use(self._ring.rotated(self._ring.keys[-1]))

    def key_steps(self) -> Sequence[Callable[[], None]]:
        """Believed by all before it signs anywhere: else an instance would meet a key that it does not know."""
        return (self.announce_key, self.rotate_key)

    def terms(self, instance: str) -> Terms:
        """The key ring, which is the same for all, and the way to the list."""
        told = self._list.terms(instance) if self._list else super().terms(instance)
        return replace(told, state=self.name, key=self._ring.to_bytes())

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """The instance learns the keys, and where the list is."""
        assert terms.key is not None
        seal = TokenSeal(terms.key, terms.cookie.name, terms.keeping, terms.clock)
        if terms.store_url is None:
            app.session_interface = CarriedSessions(seal, terms.keeping, terms.clock)
        else:
            Redis.furnish(terms, app, fence)
            listed = app.extensions["keyvalue"]
            app.session_interface = DenyingSessions(seal, terms.keeping, terms.clock, listed)
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the given cookies that an instance would believe."""
        found = super().held(cookies)
        if self._list is None:
            return found
        try:
            return [each for each in found if not is_denied(self._list.reader, self._seal.open(each.cookie))]
        except StoreDown:
            return []

    def close(self) -> None:
        """Let go of the list."""
        if self._list:
            self._list.close()

    def _use(self, ring: KeyRing) -> None:
        self._ring = ring
        self._seal = TokenSeal(ring.to_bytes(), self.cookie.name, self.service.keeping, self.clock)


def is_denied(listed: KeyValue, record: Record | None) -> bool:
    """Whether that session was logged out; None, which is no session, was not. Raises StoreDown."""
    return isinstance(record, TokenRecord) and listed.get(DENIED + record.sid) is not None


def _tenths(moment_s: float) -> float:
    """To a tenth of a second, for each byte is sent each time; downwards, for a token from the future is refused."""
    return math.floor(moment_s * 10) / 10
