"""The keys that sign access tokens: in the database, where every instance finds one that it does not know yet."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, insert, select

from minisvc.clock import Clock
from minisvc.services.accounts.tables import keys, reading
from minisvc.tokens import KeyRing, TokenKey
from minisvc.tokens.keys import MOST_KEYS

ALGORITHM = "ES256"
BELIEVED_S = 3600.0
"""How long a key is believed after the next one was made: longer than any access token lives."""
ASK_EVERY_S = 1.0
"""A token that names an unknown key makes an instance ask at most so often, for anybody can make such a token."""


class Keys:
    """The ring as the database has it. Safe from any thread; every method may raise SQLAlchemy's errors."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._lock = threading.Lock()
        self._known: KeyRing | None = None
        self._asked_s = 0.0

    def latest(self) -> KeyRing:
        """The ring as it is now: the newest key signs. The first key is made here."""
        now_s = self._clock()
        with reading(self._engine) as connection:
            rows = connection.execute(select(keys).order_by(keys.c.made_s.desc(), keys.c.kid)).all()
        if not rows:
            rotate(self._engine, now_s)
            return self.latest()
        later = [now_s, *(row.made_s for row in rows)]
        good = [row for row, next_s in zip(rows, later, strict=False) if now_s - next_s < BELIEVED_S]
        ring = KeyRing(tuple(TokenKey(row.kid, row.algorithm, row.material) for row in good[:MOST_KEYS]))
        with self._lock:
            self._known, self._asked_s = ring, now_s
        return ring

    def believed(self) -> KeyRing:
        """The ring as this instance knows it."""
        return self._known or self.latest()

    def is_old(self) -> bool:
        """Whether it may be worth asking again."""
        return self._clock() - self._asked_s >= ASK_EVERY_S


def rotate(engine: Engine, now_s: float) -> str:
    """Make a new key, by which tokens are signed from now on; returns its `kid`. Live tokens stay good."""
    key = TokenKey.make(ALGORITHM)
    with engine.begin() as connection:
        connection.execute(insert(keys).values((key.kid, key.algorithm, key.material, now_s)))
    return key.kid
