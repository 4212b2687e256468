"""Idempotency keys: a request that is sent again has its effect once, and gets its first answer again.

By draft-ietf-httpapi-idempotency-key-header-07. A key belongs to one client and to one request, known again by its
fingerprint (section 2.4). What became of it is in the service's database, so that every instance knows, and is
committed in the same transaction as the effect itself: either both happened or neither did.

A request first *claims* its key, in a small transaction of its own. That is what concurrent requests see (409,
section 2.6). A claim is for `Habits.lease_s` only: if its instance crashes, another may claim the key after that. An
instance that was only slow finds out when it is about to commit, and commits nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, or_, select, update

from minisvc.clock import Clock, wall
from minisvc.errors import LayoutError
from minisvc.field_faults import LONGEST_SECONDS, choice, seconds
from minisvc.services.idempotency_keys import KeyMisused, KeyUnderWay, keys
from minisvc.sql import READS_ONLY
from minisvc.sql.upsert import upsert

CLEANED_EVERY_S = 60.0
KINDS = ("together", "apart", "ignored")


@dataclass(frozen=True, slots=True)
class Habits:
    """How keys are kept.

    Attributes:
        keys: "together" commits a key with its effect. BAD PRACTICE, for lessons that show it: "apart" records the key
            in a transaction of its own after that of the effect, so that a crash in between does it twice; "ignored"
            does not look at keys.
        kept_s: how long a key is remembered after its request; then it is a new one (section 2.3 wants this told).
        lease_s: how long one claim lasts, which must be longer than the work takes.
        between: called between the effect and the record of its key: where lessons and tests crash.

    Raises:
        LayoutError: with everything that is wrong with them.
    """

    keys: str = "together"
    kept_s: float = 86_400.0
    lease_s: float = 5.0
    between: Callable[[], object] = field(default=lambda: None)

    def __post_init__(self) -> None:
        wrong = [
            fault
            for fault in (
                choice("keys", self.keys, KINDS),
                seconds("kept_s", self.kept_s, 0.001, LONGEST_SECONDS),
                seconds("lease_s", self.lease_s, 0.001, LONGEST_SECONDS),
            )
            if fault
        ]
        if wrong:
            raise LayoutError(wrong)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a key.

    Attributes:
        client: who asks; another client's key is another key, though it reads the same.
        key: as the client sent it.
        fingerprint: of the request; see `fingerprint`.
    """

    client: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that can be given again: `body` as it was sent; `replayed` if this was not the first time."""

    status: int
    body: bytes
    replayed: bool = False


Effect = Callable[[Connection], Outcome]
"""Does the work in the transaction that it is given. What it raises undoes all of it, and is not remembered."""


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What tells one request from another under the same key."""
    return sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


class Keys:
    """The idempotency keys of one service. `minisvc.services.idempotency_keys.tables` must be there.

    Every method may raise what SQLAlchemy raises: then it is not known whether the effect took place.
    """

    def __init__(self, engine: Engine, habits: Habits, clock: Clock = wall) -> None:
        self._engine, self._habits, self._clock = engine, habits, clock
        self._clean_at = 0.0

    def once(self, asked: Asked, effect: Effect) -> Outcome:
        """Do it, or give the first answer again.

        Raises:
            KeyMisused: the key was used for another request.
            KeyUnderWay: the same request is being worked on.
        """
        if self._habits.keys == "ignored":
            with self._engine.begin() as connection:
                return effect(connection)
        # Looked at before it is claimed: where one writer is let in at a time, a retry need not wait for it.
        known, claim = self._look(asked), secrets.token_hex(8)
        if known:
            return known
        with self._engine.begin() as connection:
            if connection.execute(self._claim(connection, asked, claim)).one_or_none() is None:
                # Another was quicker, just now.
                raise KeyUnderWay(asked.key)
            self._clean(connection)
        try:
            return self._do(asked, effect, claim)
        except Exception:
            self._release(asked, claim)
            raise

    def _do(self, asked: Asked, effect: Effect, claim: str) -> Outcome:
        with self._engine.begin() as connection:
            outcome = effect(connection)
            if self._habits.keys == "together":
                self._habits.between()
                self._record(connection, asked, outcome, claim)
        if self._habits.keys == "apart":
            self._habits.between()
            with self._engine.begin() as connection:
                self._record(connection, asked, outcome, claim)
        return outcome

    def _clean(self, connection: Connection) -> None:
        """Forget keys that have expired, once in a while."""
        now_s = self._clock()
        if now_s >= self._clean_at:
            self._clean_at = now_s + CLEANED_EVERY_S
            connection.execute(delete(keys).where(keys.c.expires_at <= now_s))

    def _claim(self, connection: Connection, asked: Asked, claim: str) -> Any:
        now_s = self._clock()
        fresh = {
            "fingerprint": asked.fingerprint,
            "claim": claim,
            "claimed_until": now_s + self._habits.lease_s,
            "status": None,
            "body": None,
            "expires_at": now_s + self._habits.kept_s,
        }
        given_up = and_(keys.c.status.is_(None), keys.c.claimed_until <= now_s, keys.c.fingerprint == asked.fingerprint)
        free = or_(keys.c.expires_at <= now_s, given_up)
        asks = {"client": asked.client, "key": asked.key}
        return upsert(connection.dialect.name, keys, asks, fresh, free).returning(keys.c.claim)

    def _look(self, asked: Asked) -> Outcome | None:
        """The answer that there was; None for a key that is free."""
        now_s = self._clock()
        alive = select(keys).where(_is(asked), keys.c.expires_at > now_s)
        with self._engine.connect().execution_options(**{READS_ONLY: True}) as connection:
            row = connection.execute(alive).one_or_none()
        if row is None:
            return None
        if row.fingerprint != asked.fingerprint:
            raise KeyMisused(asked.key)
        if row.status is not None:
            return Outcome(row.status, bytes(row.body), replayed=True)
        if row.claimed_until > now_s:
            raise KeyUnderWay(asked.key)
        return None

    def _record(self, connection: Connection, asked: Asked, outcome: Outcome, claim: str) -> None:
        done = update(keys).where(_is(asked), keys.c.claim == claim, keys.c.status.is_(None))
        if not connection.execute(done.values(status=outcome.status, body=outcome.body)).rowcount:
            # The lease was over, and another instance has the key now: this one must leave no effect.
            raise KeyUnderWay(asked.key)

    def _release(self, asked: Asked, claim: str) -> None:
        """Nothing was done, so the same request may be sent again at once."""
        with self._engine.begin() as connection:
            connection.execute(delete(keys).where(_is(asked), keys.c.claim == claim, keys.c.status.is_(None)))


def _is(asked: Asked) -> Any:
    return and_(keys.c.client == asked.client, keys.c.key == asked.key)
