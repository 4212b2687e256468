"""What is kept of tokens that were issued, and where: any place that can spend a token once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from minisvc.tokens.refused import TokenRefused

ACCESS, REFRESH = "access", "refresh"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows.

    Attributes:
        client: the id of the client that may use it.
        subject: the id of the person for whom it acts; None: the client acts for itself.
        scope: what may be done, as words separated by blanks.
    """

    client: str
    subject: str | None
    scope: str

    def narrowed(self, scope: str | None) -> Grant:
        """The same for less (None: for as much). Raises TokenRefused if it would be for more."""
        if scope is None:
            return self
        if not set(scope.split()) <= set(self.scope.split()):
            raise TokenRefused("scope")
        return replace(self, scope=scope)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token as it is kept. Times are seconds since 1970; `spent_s` and `revoked_s` are None as long as it is neither.

    `fingerprint` is that of its handle (see `Mint`), `kind` "access" or "refresh", `family` the sign-in's.
    """

    fingerprint: str
    kind: str
    family: str
    grant: Grant
    issued_s: float
    expires_s: float
    spent_s: float | None = None
    revoked_s: float | None = None

    def is_active(self, now_s: float) -> bool:
        """Whether it still means something."""
        return self.spent_s is None and self.revoked_s is None and now_s < self.expires_s

    def introspection(self, now_s: float) -> dict[str, Any]:
        """The answer to whoever asks (RFC 7662, section 2.2): nothing but `active` for one that is not."""
        if not self.is_active(now_s):
            return {"active": False}
        told = {
            "active": True,
            "client_id": self.grant.client,
            "scope": self.grant.scope,
            "token_type": "Bearer" if self.kind == ACCESS else "refresh_token",
            "iat": int(self.issued_s),
            "exp": int(self.expires_s),
        }
        return told | ({"sub": self.grant.subject} if self.grant.subject else {})


class Records(Protocol):
    """Where token records are kept. Each method is one transaction; safe from any thread."""

    def add(self, *records: TokenRecord) -> None:
        """Keep new ones."""

    def find(self, fingerprint: str) -> TokenRecord | None:
        """The record of that fingerprint."""

    def succeed(self, fingerprint: str, at_s: float, *successors: TokenRecord) -> bool:
        """Mark an active token as spent and keep its successors; False, and nothing done, if somebody was first."""

    def revoke(self, fingerprint: str, at_s: float) -> None:
        """Revoke one token."""

    def revoke_family(self, family: str, at_s: float) -> None:
        """Revoke every token of a family that is not revoked yet."""


class MemoryRecords:
    """Records in a dict: for lessons and tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.all: dict[str, TokenRecord] = {}

    def add(self, *records: TokenRecord) -> None:
        """Keep new ones."""
        with self._lock:
            self.all |= {each.fingerprint: each for each in records}

    def find(self, fingerprint: str) -> TokenRecord | None:
        """Look it up."""
        return self.all.get(fingerprint)

    def succeed(self, fingerprint: str, at_s: float, *successors: TokenRecord) -> bool:
        """Under the lock, so that of two who spend one token one is told no."""
        with self._lock:
            record = self.all.get(fingerprint)
            if record is None or not record.is_active(at_s):
                return False
            self.all[fingerprint] = replace(record, spent_s=at_s)
            self.all |= {each.fingerprint: each for each in successors}
            return True

    def revoke(self, fingerprint: str, at_s: float) -> None:
        """Revoke one."""
        self._revoke(lambda each: each.fingerprint == fingerprint, at_s)

    def revoke_family(self, family: str, at_s: float) -> None:
        """Revoke all of a family."""
        self._revoke(lambda each: each.family == family, at_s)

    def _revoke(self, wanted: Callable[[TokenRecord], bool], at_s: float) -> None:
        with self._lock:
            for each in [each for each in self.all.values() if wanted(each) and each.revoked_s is None]:
                self.all[each.fingerprint] = replace(each, revoked_s=at_s)
