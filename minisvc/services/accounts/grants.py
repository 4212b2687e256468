"""Authorization codes and tokens in the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from minisvc.clock import Clock
from minisvc.services.accounts.tables import codes, reading, tokens
from minisvc.tokens import Grant, TokenRecord, fingerprint, fresh_token

CODE_S = 60.0
"""How long a code may travel (RFC 6749, section 4.1.2: ten minutes at most)."""


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for. All tokens that come of it are of its family.

    `redirect_uri` and `code_challenge` (S256 always) are what the same client must prove to know.
    """

    fingerprint: str
    grant: Grant
    redirect_uri: str
    code_challenge: str
    family: str
    expires_s: float
    spent_s: float | None
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        """For Authlib."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """For Authlib."""
        return self.grant.scope


@dataclass(frozen=True)
class Codes:
    """Authorization codes. Every method may raise SQLAlchemy's errors."""

    engine: Engine
    clock: Clock

    def issue(self, grant: Grant, redirect_uri: str, challenge: str) -> str:
        """A fresh code."""
        code = fresh_token()
        row = {
            "fingerprint": fingerprint(code),
            "client": grant.client,
            "subject": grant.subject,
            "scope": grant.scope,
            "redirect_uri": redirect_uri,
            "challenge": challenge,
            "family": secrets.token_hex(16),
            "expires_s": self.clock() + CODE_S,
        }
        with self.engine.begin() as connection:
            connection.execute(insert(codes).values(row))
        return code

    def find(self, code: str) -> Code | None:
        """What a code stands for, spent or not; None for one that was not issued here, or has expired unspent."""
        with reading(self.engine) as connection:
            row = connection.execute(select(codes).where(codes.c.fingerprint == fingerprint(code))).one_or_none()
        if row is None or (row.spent_s is None and row.expires_s <= self.clock()):
            return None
        grant = Grant(row.client, row.subject, row.scope)
        return Code(row.fingerprint, grant, row.redirect_uri, row.challenge, row.family, row.expires_s, row.spent_s)

    def redeem(self, code: Code, *records: TokenRecord) -> bool:
        """Use it up and keep what it was redeemed for; False, and nothing done, if somebody was first.

        One transaction: who comes second then finds all that came of it, to be revoked.
        """
        unspent = update(codes).where(codes.c.fingerprint == code.fingerprint, codes.c.spent_s.is_(None))
        with self.engine.begin() as connection:
            if connection.execute(unspent.values(spent_s=self.clock())).rowcount != 1:
                return False
            connection.execute(insert(tokens), [_row(each) for each in records])
        return True


@dataclass(frozen=True)
class SqlRecords:
    """`minisvc.tokens.Records` in the database. Every method may raise SQLAlchemy's errors."""

    engine: Engine

    def add(self, *records: TokenRecord) -> None:
        """Insert them."""
        with self.engine.begin() as connection:
            connection.execute(insert(tokens), [_row(each) for each in records])

    def find(self, fingerprint: str) -> TokenRecord | None:
        """Look it up by its key."""
        with reading(self.engine) as connection:
            row = connection.execute(select(tokens).where(tokens.c.fingerprint == fingerprint)).one_or_none()
        return _record(row) if row else None

    def succeed(self, fingerprint: str, at_s: float, *successors: TokenRecord) -> bool:
        """One statement decides who was first, and the successors are in the same transaction."""
        active = update(tokens).where(
            tokens.c.fingerprint == fingerprint,
            tokens.c.spent_s.is_(None),
            tokens.c.revoked_s.is_(None),
            tokens.c.expires_s > at_s,
        )
        with self.engine.begin() as connection:
            if connection.execute(active.values(spent_s=at_s)).rowcount != 1:
                return False
            connection.execute(insert(tokens), [_row(each) for each in successors])
        return True

    def revoke(self, fingerprint: str, at_s: float) -> None:
        """Revoke one."""
        self._revoke(tokens.c.fingerprint == fingerprint, at_s)

    def revoke_family(self, family: str, at_s: float) -> None:
        """Revoke all of a family."""
        self._revoke(tokens.c.family == family, at_s)

    def revoke_subject(self, subject: str, at_s: float) -> None:
        """Revoke all that act for a person."""
        self._revoke(tokens.c.subject == subject, at_s)

    def _revoke(self, which: Any, at_s: float) -> None:
        live = update(tokens).where(which, tokens.c.revoked_s.is_(None)).values(revoked_s=at_s)
        with self.engine.begin() as connection:
            # Until there is nothing left: PostgreSQL's statement does not see the successors that a rotation adds while
            # it waits for that to end (PostgreSQL documentation, "Read Committed Isolation Level").
            while connection.execute(live).rowcount:
                pass


def _row(record: TokenRecord) -> dict[str, Any]:
    names = ("fingerprint", "kind", "family", "issued_s", "expires_s", "spent_s", "revoked_s")
    grant = record.grant
    told = {"client": grant.client, "subject": grant.subject, "scope": grant.scope}
    return {name: getattr(record, name) for name in names} | told


def _record(row: Row[Any]) -> TokenRecord:
    grant = Grant(row.client, row.subject, row.scope)
    return TokenRecord(
        row.fingerprint, row.kind, row.family, grant, row.issued_s, row.expires_s, row.spent_s, row.revoked_s
    )
