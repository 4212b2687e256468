"""The whole session in a signed cookie: the client carries it, any instance can read it.

Signed by Flask's own serializer. Signed is not secret: anybody who holds the cookie can read it, and an old one is
accepted again until it times out.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.state.carried import Carried, CarriedSessions
from minisvc.state.mechanism import Cookie, Probe, Terms, nothing
from minisvc.state.sessions import Record


class Signature:
    """A seal that anybody can read and only holders of the key can make: HMAC over JSON (itsdangerous)."""

    def __init__(self, key: bytes) -> None:
        keyed = Flask(__name__)
        keyed.secret_key = key
        serializer = SecureCookieSessionInterface().get_signing_serializer(keyed)
        assert serializer is not None, "there is a key"
        self._serializer = serializer

    def close(self, record: Record) -> str:
        """The payload is `[began, used, session]`; times to a tenth of a second, for each byte is sent each time."""
        text = self._serializer.dumps([round(record.began_s, 1), round(record.used_s, 1), record.data])
        return text if isinstance(text, str) else text.decode()

    def open(self, text: str) -> Record | None:
        """The record, if the signature is good."""
        try:
            began_s, used_s, data = self._serializer.loads(text)
        except (BadSignature, UnicodeEncodeError):
            # Another cluster's cookie, or one that was tampered with: no session, as for the service.
            return None
        return Record(began_s, used_s, data)


class SignedCookie(Carried):
    """One signing key for all instances, made anew for each cluster."""

    name = "signed_cookie"

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        super().__init__(service, cookie, clock)
        self._key = secrets.token_bytes(32)
        self._seal = Signature(self._key)

    @property
    def seal(self) -> Signature:
        """The signature that instances make, too."""
        return self._seal

    def terms(self, instance: str) -> Terms:
        """The key, which is the same for all."""
        return replace(super().terms(instance), key=self._key)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:  # noqa: ARG004  # the contract's
        """Nothing is kept: the instance only learns the key."""
        assert terms.key is not None
        app.secret_key = terms.key
        app.session_interface = CarriedSessions(Signature(terms.key), terms.keeping, terms.clock)
        return nothing
