"""Access tokens: made and believed as the layout's state says, signed (`signed_token`) or opaque (any other)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import abort, jsonify, make_response, request
from werkzeug.sansio.utils import host_is_trusted

from minisvc.clock import Clock
from minisvc.services.accounts.grants import SqlRecords
from minisvc.services.accounts.keys import Keys
from minisvc.tokens import Beliefs, Grant, Registry, TokenRecord, TokenRefused, WebTokens, fingerprint
from minisvc.tokens.records import ACCESS

LOOPBACK = ["127.0.0.1", "localhost"]
KIND = "at+jwt"
"""RFC 9068, section 2.1."""


def issuer() -> str:
    """This service's address as the request names it; a 400 for any but loopback, for a forged one must not get in."""
    if not host_is_trusted(request.host, LOOPBACK):
        abort(make_response(jsonify(error=f"Host is {request.host!r}; this service is at 127.0.0.1 only"), 400))
    return request.root_url.rstrip("/")


@dataclass(frozen=True)
class SignedMint:
    """Access tokens as JWT (RFC 9068); found again by their `jti`, for a signature has more than one spelling."""

    keys: Keys
    clock: Clock

    def make(self, grant: Grant, lifetime_s: float) -> tuple[str, str]:
        """A token signed by the newest key, and its `jti`."""
        jti, web = secrets.token_urlsafe(12), WebTokens(self.keys.latest(), issuer(), issuer(), KIND, self.clock)
        subject = grant.subject or grant.client
        claims = {"sub": subject, "client_id": grant.client, "scope": grant.scope, "jti": jti}
        return web.issue(claims, lifetime_s), jti

    def handle(self, token: str) -> str:
        """Its `jti`. Raises TokenRefused."""
        return self.read(token)[1]

    def read(self, token: str) -> tuple[Grant, str]:
        """What it allows, and its `jti`; the database is asked for nothing but a key that is new.

        Raises:
            TokenRefused: it is not to be believed.
        """
        try:
            claims = self._web().read(token)
        except TokenRefused as refused:
            if refused.reason != "unknown_key" or not self.keys.is_old():
                raise
            self.keys.latest()
            claims = self._web().read(token)
        texts = [claims.get(name) for name in ("client_id", "sub", "scope", "jti")]
        if not all(isinstance(text, str) for text in texts):
            raise TokenRefused("claims")
        client, subject, scope, jti = (str(text) for text in texts)
        return Grant(client, None if subject == client else subject, scope), jti

    def _web(self) -> WebTokens:
        return WebTokens(self.keys.believed(), issuer(), issuer(), KIND, self.clock)


@dataclass(frozen=True)
class SignedAccess:
    """A resource that verifies tokens itself; with `deny_list`, it asks as well whether each was revoked."""

    mint: SignedMint
    records: SqlRecords
    deny_list: bool

    def allowed(self, token: str) -> Grant:
        """What the token allows. Raises TokenRefused."""
        grant, jti = self.mint.read(token)
        if self.deny_list:
            record = self.records.find(fingerprint(jti))
            if record is None or record.revoked_s is not None:
                raise TokenRefused("revoked")
        return grant


class OpaqueAccess:
    """A resource that asks what tokens mean, and believes the answer for `cache_s` seconds (RFC 7662, section 4).

    It hears of no revocation meanwhile: in the field, tokens are issued by another program than the one they are for.
    """

    def __init__(self, registry: Registry, cache_s: float) -> None:
        self._registry, self._beliefs = registry, Beliefs[TokenRecord](cache_s, registry.clock)

    def allowed(self, token: str) -> Grant:
        """What the token allows. Raises TokenRefused."""
        hashed = fingerprint(token)
        record = self._beliefs.get(hashed)
        if record is None or not record.is_active(self._registry.clock()):
            record = self._registry.introspect(token)
            self._beliefs.learn(hashed, record)
        if record is None or record.kind != ACCESS:
            raise TokenRefused("revoked" if record is None else "type")
        return record.grant
