"""Who issued which opaque token, what it means, and whether it still does (RFC 7662, RFC 7009, RFC 9700).

A refresh token is good for one use: it is answered by a new pair, its *successors*. All tokens that descend from one
sign-in are a *family*. A refresh token that comes a second time was copied; nobody can tell the thief from the owner,
so the whole family is revoked (RFC 9700, section 4.14.2).

The registry decides; `Records` keeps. Tokens are kept as fingerprints only.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from minisvc.clock import Clock, wall
from minisvc.tokens.opaque import fingerprint, fresh_token
from minisvc.tokens.records import ACCESS, REFRESH, Grant, Records, TokenRecord
from minisvc.tokens.refused import TokenRefused


@dataclass(frozen=True, slots=True)
class Issued:
    """A new pair: `refresh` is None where none is given, `expires_in_s` is the access token's."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_in_s: float
    grant: Grant


class Mint(Protocol):
    """How access tokens are made. A *handle* is what a token is found again by: itself, or its `jti`."""

    def make(self, grant: Grant, lifetime_s: float) -> tuple[str, str]:
        """A token and its handle."""

    def handle(self, token: str) -> str:
        """The handle of a token. Raises TokenRefused for one that was not made here."""


class OpaqueMint:
    """Access tokens without a meaning of their own."""

    def make(self, grant: Grant, lifetime_s: float) -> tuple[str, str]:
        """256 random bits; the token is its own handle."""
        token = fresh_token()
        return token, token

    def handle(self, token: str) -> str:
        """The token itself."""
        return token


@dataclass(frozen=True)
class Registry:
    """Issues, introspects, rotates and revokes.

    Attributes:
        records: where they are kept.
        mint: how access tokens are made; refresh tokens are always opaque.
        clock: seconds since 1970.
        access_s: how long an access token lives.
        refresh_s: how long a refresh token lives, unless it is used before.
    """

    records: Records
    mint: Mint = field(default_factory=OpaqueMint)
    clock: Clock = wall
    access_s: float = 600.0
    refresh_s: float = 1_209_600.0

    def issue(self, grant: Grant, *, refresh: bool) -> Issued:
        """The first tokens of a sign-in."""
        issued, records = self.pair(grant, secrets.token_hex(16), refresh=refresh)
        self.records.add(*records)
        return issued

    def introspect(self, token: str) -> TokenRecord | None:
        """The record of a token that is active; None for any other."""
        record = self._find(token)
        return record if record and record.is_active(self.clock()) else None

    def check_refresh(self, token: str, client: str) -> TokenRecord:
        """The record of a refresh token that `client` may use now, without using it.

        Raises:
            TokenRefused: it may not. If it was used before, its family is revoked.
        """
        record = self.records.find(fingerprint(token))
        if record is None or record.kind != REFRESH:
            raise TokenRefused("unknown")
        if record.grant.client != client:
            raise TokenRefused("client")
        if record.revoked_s is not None:
            raise TokenRefused("revoked")
        if record.spent_s is not None:
            raise self._reused(record)
        if self.clock() >= record.expires_s:
            raise TokenRefused("expired")
        return record

    def rotate(self, token: str, client: str, scope: str | None = None) -> Issued:
        """A new pair for a refresh token, which is spent by that; `scope` may ask for less for the access token.

        Raises:
            TokenRefused: see `check_refresh`; of two who come at once, one is taken for a thief.
        """
        record = self.check_refresh(token, client)
        issued, successors = self.pair(record.grant, record.family, refresh=True, scope=scope)
        if not self.records.succeed(record.fingerprint, self.clock(), *successors):
            raise self._reused(record)
        return issued

    def revoke(self, token: str, client: str) -> bool:
        """Revoke an access token, or by a refresh token all of its family (RFC 7009, section 2.1).

        Returns:
            False for one that is unknown or another client's: that client learns nothing about it.
        """
        record = self._find(token)
        if record is None or record.grant.client != client:
            return False
        if record.kind == REFRESH:
            self.records.revoke_family(record.family, self.clock())
        else:
            self.records.revoke(record.fingerprint, self.clock())
        return True

    def _reused(self, record: TokenRecord) -> TokenRefused:
        self.records.revoke_family(record.family, self.clock())
        return TokenRefused("reused")

    def _find(self, token: str) -> TokenRecord | None:
        # A refresh token is opaque whatever the mint makes, so it is looked for as it is.
        found = self.records.find(fingerprint(token))
        if found is not None:
            return found
        try:
            return self.records.find(fingerprint(self.mint.handle(token)))
        except TokenRefused:
            return None

    def pair(
        self, grant: Grant, family: str, *, refresh: bool, scope: str | None = None
    ) -> tuple[Issued, list[TokenRecord]]:
        """New tokens and their records, which are not kept yet: whoever asks keeps them, with what they came of."""
        now_s, narrowed = self.clock(), grant.narrowed(scope)
        access, handle = self.mint.make(narrowed, self.access_s)
        records = [TokenRecord(fingerprint(handle), ACCESS, family, narrowed, now_s, now_s + self.access_s)]
        second = fresh_token() if refresh else None
        if second:
            # As much as the first one: asking for less once does not narrow what comes after (RFC 6749, section 6).
            records.append(TokenRecord(fingerprint(second), REFRESH, family, grant, now_s, now_s + self.refresh_s))
        return Issued(access, second, self.access_s, narrowed), records
