"""Keys and values in one table of a database, by SQLAlchemy: SQLite or PostgreSQL.

Every operation is one statement, so compare and set is the database's own: an UPDATE that asks for the version changes
one row or none. What has expired is as good as absent at once; its rows go when somebody writes, once a minute.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keyvalue.contract import ABSENT, ANY, TIMEOUT_S, Entry, KeyValue, StoreDown
from minisvc.sql import READS_ONLY, open_engine
from minisvc.sql.tables import create_tables
from minisvc.sql.upsert import upsert

CLEANED_EVERY_S = 60.0

tables = MetaData()
entries = Table(
    "statewise_entries",
    tables,
    Column("prefix", String(100), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("version", String(16), nullable=False),
    # Seconds since 1970; NULL: never.
    Column("expires_at", Float, index=True),
)


class SqlKeyValue(KeyValue):
    """Rows of one table. `clock` says what has expired; all instances must share it.

    Its two kinds differ in how a write that may find a row is put, and in whether one statement is a transaction.
    """

    def __init__(self, engine: Engine, prefix: str, clock: Clock = wall) -> None:
        self._whole, self._engine, self._prefix, self._clock = engine, engine, prefix, clock
        self._lock = threading.Lock()
        self._made, self._clean_at = False, 0.0

    def get(self, key: str) -> Entry | None:
        """SELECT."""
        wanted = select(entries.c.value, entries.c.version).where(self._is(key), self._alive)
        with self._connected(reads_only=True) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else Entry(bytes(row.value), row.version)

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """INSERT ... ON CONFLICT UPDATE, or an UPDATE where a version is asked for."""
        fresh, expires_at = secrets.token_hex(8), None if ttl_s is None else self._clock() + ttl_s
        written = {"value": value, "version": fresh, "expires_at": expires_at}
        with self._connected() as connection:
            done = connection.execute(self._write(key, written, version).returning(entries.c.version)).one_or_none()
            self._clean(connection)
        return fresh if done is not None else None

    def delete(self, key: str) -> bool:
        """DELETE."""
        gone = delete(entries).where(self._is(key)).returning(entries.c.expires_at)
        with self._connected() as connection:
            row = connection.execute(gone).one_or_none()
        return row is not None and (row.expires_at is None or row.expires_at > self._clock())

    def keys(self) -> Iterator[str]:
        """SELECT."""
        listed = select(entries.c.key).where(entries.c.prefix == self._prefix, self._alive)
        with self._connected(reads_only=True) as connection:
            return iter(connection.execute(listed).scalars().all())

    def close(self) -> None:
        """Close the pool's connections."""
        self._engine.dispose()

    def _write(self, key: str, written: dict[str, Any], version: str) -> Any:
        if version not in {ANY, ABSENT}:
            return update(entries).where(self._is(key), self._alive, entries.c.version == version).values(written)
        over = None if version == ANY else entries.c.expires_at <= self._clock()
        return upsert(self._engine.dialect.name, entries, {"prefix": self._prefix, "key": key}, written, over)

    def _clean(self, connection: Connection) -> None:
        now_s = self._clock()
        if now_s >= self._clean_at:
            self._clean_at = now_s + CLEANED_EVERY_S
            connection.execute(delete(entries).where(entries.c.expires_at <= now_s))

    def _is(self, key: str) -> ColumnElement[bool]:
        return (entries.c.prefix == self._prefix) & (entries.c.key == key)

    @property
    def _alive(self) -> ColumnElement[bool]:
        return or_(entries.c.expires_at.is_(None), entries.c.expires_at > self._clock())

    @contextlib.contextmanager
    def _connected(self, *, reads_only: bool = False) -> Iterator[Connection]:
        try:
            self._make()
            with self._engine.connect() as connection:
                connection.execution_options(**{READS_ONLY: reads_only})
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            raise StoreDown(self.kind, " ".join(str(error.orig).split())) from error
        except SQLAlchemyError as error:
            raise StoreDown(self.kind, error) from error

    def _make(self) -> None:
        with self._lock:
            if not self._made:
                create_tables(self._whole, tables)
                self._made = True


class SqliteKeyValue(SqlKeyValue):
    """In an SQLite file; an operation takes no round trip."""

    kind = "sqlite"


class PostgresKeyValue(SqlKeyValue):
    """In PostgreSQL; an operation takes one round trip, for each statement is a transaction of its own."""

    kind = "postgres"

    def __init__(self, engine: Engine, prefix: str, clock: Clock = wall) -> None:
        super().__init__(engine, prefix, clock)
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")


def connect(url: str, prefix: str, fence: Fence | None = None, clock: Clock = wall) -> SqlKeyValue:
    """A pool of connections that is filled as it is used."""
    kind = SqliteKeyValue if urlsplit(url).scheme == "sqlite" else PostgresKeyValue
    return kind(open_engine(url, fence, TIMEOUT_S), prefix, clock)
