"""The whole session in a signed cookie: the client carries it, any instance can read it.

Flask's own default. Signed is not secret: anybody who holds the cookie can read it, and an old one is
accepted again until it expires.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keyvalue import TooLarge
from minisvc.layout import Service
from minisvc.state.mechanism import Cookie, Held, Mechanism, Probe, Terms, nothing
from minisvc.state.refusals import refuse

MOST_BYTES = 4096
"""Of a cookie's name and value together: more, and the client drops it without a word (RFC 6265bis, section 5.7)."""


class SignedSessions(SecureCookieSessionInterface):
    """Flask's own interface, which tells when a cookie has become too large in place of losing it."""

    def regenerate(self, session: Any) -> None:
        """There is no id to renew: the whole session is written anew."""
        session.modified = True

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Set the cookie, unless the client would drop it."""
        super().save_session(app, session, response)
        name = self.get_cookie_name(app)
        for told in response.headers.getlist("Set-Cookie"):
            pair = told.partition(";")[0]
            if pair.startswith(f"{name}=") and len(pair) - 1 > MOST_BYTES:
                refuse(response, TooLarge("a cookie", len(pair) - 1, MOST_BYTES))


class SignedCookie(Mechanism):
    """One signing key for all instances, made anew for each cluster."""

    name = "signed_cookie"

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        super().__init__(service, cookie, clock)
        self._key = secrets.token_bytes(32)
        reader = Flask(__name__)
        reader.secret_key = self._key
        self._serializer = SecureCookieSessionInterface().get_signing_serializer(reader)

    def terms(self, instance: str) -> Terms:
        """The key, which is the same for all."""
        return replace(super().terms(instance), key=self._key)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:  # noqa: ARG004  # the contract's
        """Nothing is kept: the instance only learns the key."""
        app.secret_key = terms.key
        app.session_interface = SignedSessions()
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions that the given cookies carry, as far as their signatures are good."""
        return [held for cookie in cookies if (held := self._read(cookie))]

    def _read(self, cookie: str) -> Held | None:
        if self._serializer is None:
            return None
        try:
            return Held("client", cookie, self._serializer.loads(cookie))
        except BadSignature:
            # Another cluster's cookie, or one that was tampered with: no session, as for the service.
            return None
