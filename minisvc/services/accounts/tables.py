"""What the accounts service keeps in its database. Times are seconds since 1970.

Tokens, codes and client secrets are kept as SHA-256 fingerprints: they are random, so nobody guesses them. Passwords
are not random, so they are hashed slowly (Argon2id, see `people`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import JSON, Column, Connection, Engine, Float, Integer, MetaData, String, Table, Text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from minisvc.sql import READS_ONLY

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("password", String(256), nullable=False),
    Column("about", Text, nullable=False, default=""),
    Column("epoch", Integer, nullable=False, default=0),
    Column("since_s", Float, nullable=False),
)
attempts = Table(
    "attempts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until_s", Float, nullable=False),
    Column("last_s", Float, nullable=False, index=True),
)
clients = Table(
    "clients",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("name", String(64), nullable=False),
    Column("secret", String(64)),
    Column("redirect_uris", JSON, nullable=False),
    Column("scope", String(200), nullable=False),
)
codes = Table(
    "codes",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("client", String(32), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("scope", String(200), nullable=False),
    Column("redirect_uri", String(500), nullable=False),
    Column("challenge", String(128), nullable=False),
    Column("family", String(32), nullable=False),
    Column("expires_s", Float, nullable=False),
    Column("spent_s", Float),
)
tokens = Table(
    "tokens",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("family", String(32), nullable=False, index=True),
    Column("client", String(32), nullable=False),
    Column("subject", String(32), index=True),
    Column("scope", String(200), nullable=False),
    Column("issued_s", Float, nullable=False),
    Column("expires_s", Float, nullable=False),
    Column("spent_s", Float),
    Column("revoked_s", Float),
)
keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(32), primary_key=True),
    Column("algorithm", String(16), nullable=False),
    Column("material", JSON, nullable=False),
    Column("made_s", Float, nullable=False),
)


def create(engine: Engine) -> None:
    """Make the tables that are missing. Instances that begin at once may both try: the second finds them there."""
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
    except (IntegrityError, OperationalError, ProgrammingError):
        with engine.begin() as connection:
            metadata.create_all(connection)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that will not write, and so waits for nobody who does."""
    with engine.connect() as connection, connection.execution_options(**{READS_ONLY: True}).begin():
        yield connection
