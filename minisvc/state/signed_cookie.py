"""The whole session in a signed cookie: the client carries it, any instance can read it.

Flask's own default. Signed is not secret: anybody who holds the cookie can read it, and an old one is
accepted again until it expires.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from minisvc.fence import Fence
from minisvc.state.mechanism import Cookie, Held, Mechanism, Probe, Terms, nothing


class SignedCookie(Mechanism):
    """One signing key for all instances, made anew for each cluster."""

    name = "signed_cookie"

    def __init__(self, cookie: Cookie | None = None) -> None:
        super().__init__(cookie)
        self._key = secrets.token_bytes(32)
        reader = Flask(__name__)
        reader.secret_key = self._key
        self._serializer = SecureCookieSessionInterface().get_signing_serializer(reader)

    def terms(self, instance: str) -> Terms:
        """The cookie and the key, which is the same for all."""
        return Terms(self.name, self.cookie, key=self._key)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:  # noqa: ARG004  # the contract's
        """Nothing is kept: the instance only learns the key."""
        app.secret_key = terms.key
        app.session_interface = SecureCookieSessionInterface()
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
