"""People: who signed up, and whether somebody knows their password."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from minisvc.clock import Clock
from minisvc.errors import MinisvcError
from minisvc.services.accounts.tables import attempts, people, reading

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with 19 MiB, two passes (OWASP Password Storage Cheat Sheet)."""
NOBODY = HASHER.hash(secrets.token_hex(16))
"""Verified for a name that nobody has, so that the time taken does not tell."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
SHORTEST, LONGEST = 8, 128
"""Characters of a password (NIST SP 800-63B, section 5.1.1.2; the upper bound keeps hashing cheap)."""
MOST_ABOUT = 500
MOST_FAILURES = 5
LOCKED_S = 60.0
FORGOTTEN_S = 86_400.0
"""Attempts of yesterday do not count, and a stranger who tries many names does not fill the database for ever."""


class Unfit(MinisvcError):
    """What somebody wants to be called, to log in with or to have said of them cannot be taken."""


class NameTaken(MinisvcError):
    """Somebody else has that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the name {name!r} is taken: choose another")


class WrongPassword(MinisvcError):
    """No such name, or not its password: which one is not told."""

    def __init__(self) -> None:
        super().__init__("no such name with that password")


class Locked(MinisvcError):
    """Too many wrong passwords in a row; wait `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"{MOST_FAILURES} wrong passwords in a row: wait {max(1, round(wait_s))} s")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed up. A session or a code of an earlier `epoch` is over: they logged out everywhere."""

    id: str
    name: str
    about: str
    epoch: int
    since_s: float


@dataclass(frozen=True)
class People:
    """Those who signed up. Every method may raise SQLAlchemy's errors."""

    engine: Engine
    clock: Clock

    def sign_up(self, name: object, password: object) -> Person:
        """A new person.

        Raises:
            Unfit: the name or the password is none that can be had.
            NameTaken: somebody has the name.
        """
        called, secret = _credentials(name, password)
        person = Person(secrets.token_hex(8), called, "", 0, self.clock())
        row = {"id": person.id, "name": called, "password": HASHER.hash(secret), "since_s": person.since_s}
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(people).values(row))
        except IntegrityError as error:
            raise NameTaken(called) from error
        return person

    def log_in(self, name: object, password: object) -> Person:
        """The person whose name and password these are.

        Raises:
            WrongPassword: they are nobody's.
            Locked: there were `MOST_FAILURES` wrong ones in a row for this name, whether or not anybody has it.
        """
        if not isinstance(name, str) or not isinstance(password, str) or len(password) > LONGEST:
            raise WrongPassword
        called = name.strip().lower()
        if not NAME.fullmatch(called):
            # Nobody can have it, so there is nothing to hide and nothing to count.
            raise WrongPassword
        # Counted before it is looked at: many that come at once are no more than as many in a row.
        self._count(called)
        with reading(self.engine) as connection:
            row = connection.execute(select(people).where(people.c.name == called)).one_or_none()
        try:
            HASHER.verify(row.password if row else NOBODY, password)
        except (VerificationError, InvalidHashError) as error:
            raise WrongPassword from error
        if row is None:
            raise WrongPassword
        with self.engine.begin() as connection:
            connection.execute(delete(attempts).where(attempts.c.name == called))
        return Person(row.id, row.name, row.about, row.epoch, row.since_s)

    def find(self, person_id: str | None) -> Person | None:
        """The person of that id."""
        columns = (people.c.id, people.c.name, people.c.about, people.c.epoch, people.c.since_s)
        with reading(self.engine) as connection:
            row = connection.execute(select(*columns).where(people.c.id == person_id)).one_or_none()
        return Person(*row) if row else None

    def count(self) -> int:
        """How many there are."""
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(people)) or 0

    def say(self, person: Person, about: object) -> None:
        """Let a person say something about themselves. Raises Unfit."""
        if not isinstance(about, str) or len(about) > MOST_ABOUT:
            raise Unfit(f'send {{"about": text}} of at most {MOST_ABOUT} characters')
        with self.engine.begin() as connection:
            connection.execute(update(people).where(people.c.id == person.id).values(about=about))

    def log_out_everywhere(self, person: Person) -> None:
        """End every session of a person: those that began before are of an earlier epoch."""
        with self.engine.begin() as connection:
            connection.execute(update(people).where(people.c.id == person.id).values(epoch=people.c.epoch + 1))

    def _count(self, name: str) -> None:
        """Note one more attempt. Raises Locked."""
        now_s = self.clock()
        self._note(name, now_s)
        with self.engine.begin() as connection:
            counted = update(attempts).where(attempts.c.name == name, attempts.c.until_s <= now_s)
            failures = connection.scalar(
                counted.values(failures=attempts.c.failures + 1, last_s=now_s).returning(attempts.c.failures)
            )
            if failures == MOST_FAILURES:
                # This one may still be right, and deletes the row then; the next one waits.
                until = update(attempts).where(attempts.c.name == name)
                connection.execute(until.values(failures=0, until_s=now_s + LOCKED_S))
            until_s = connection.scalar(select(attempts.c.until_s).where(attempts.c.name == name))
        if failures is None:
            raise Locked((until_s or now_s) - now_s)

    def _note(self, name: str, now_s: float) -> None:
        fresh = attempts.c.last_s > now_s - FORGOTTEN_S
        with reading(self.engine) as connection:
            if connection.scalar(select(attempts.c.name).where(attempts.c.name == name, fresh)) is not None:
                return
        try:
            with self.engine.begin() as connection:
                connection.execute(delete(attempts).where(~fresh))
                connection.execute(insert(attempts).values(name=name, failures=0, until_s=0.0, last_s=now_s))
        except IntegrityError:
            # Somebody else has just tried the same name: it is there now.
            return


def _credentials(name: object, password: object) -> tuple[str, str]:
    faults = []
    called = name.strip().lower() if isinstance(name, str) else ""
    if not NAME.fullmatch(called):
        faults.append("name must be 1 to 32 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit")
    if not isinstance(password, str) or not SHORTEST <= len(password) <= LONGEST:
        faults.append(f"password must be a text of {SHORTEST} to {LONGEST} characters")
    if faults:
        raise Unfit("; ".join(faults))
    assert isinstance(password, str)
    return called, password
