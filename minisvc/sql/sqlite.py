"""Engines for an SQLite file that many instances share, in threads and processes.

The file has a write-ahead log, so that readers and the writer do not wait for each other (sqlite.org/wal.html), and is
written with `synchronous = NORMAL`: a commit outlasts any crash of a program, though not a power failure
(sqlite.org/pragma.html, "synchronous"). Transactions begin with BEGIN IMMEDIATE: two that read first and write then
would otherwise fail each other (sqlite.org/rescode.html, SQLITE_BUSY_SNAPSHOT). `sqlite3` must not begin any by itself.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from minisvc.fence import Fence
from minisvc.sql.pooling import READS_ONLY, bounded

PRAGMAS = ("synchronous = NORMAL", "foreign_keys = ON")


class FencedConnection(sqlite3.Connection):
    """A connection that its instance's fence can cut, as if it were a socket.

    A process that is killed leaves its transaction to be rolled back. An instance in a thread goes on for a moment, so
    the fence rolls back for it, and what it still wants to commit is refused.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lock = threading.Lock()
        self._is_open, self._cut = True, False
        self.path = Path()

    def commit(self) -> None:
        """Commit, unless the instance has crashed or the file is gone."""
        with self._lock:
            self._check()
            super().commit()

    def close(self) -> None:
        """Close."""
        with self._lock:
            self._is_open = False
            super().close()

    def check(self) -> None:
        """Raise sqlite3.OperationalError if it is of no more use."""
        with self._lock:
            self._check()

    # What a fence wants of a socket.

    def fileno(self) -> int:
        """-1 once it is closed."""
        return 0 if self._is_open else -1

    def shutdown(self, how: int) -> None:
        """Roll back what is open, for good. A commit under way is finished first: it takes no waiting."""
        with self._lock:
            self._cut = True
            if self._is_open:
                self.interrupt()
                if self.in_transaction:
                    super().rollback()

    def _check(self) -> None:
        if self._cut:
            raise sqlite3.OperationalError("the instance has crashed: its connections are cut")
        if not self.path.exists():
            raise sqlite3.OperationalError("disk I/O error: the database's disk is gone")


def open_engine(url: str, fence: Fence | None, timeout_s: float) -> Engine:
    """As `minisvc.sql.open_engine`, for "sqlite:///<path>"."""
    path = file_of(url)
    # The URL is for messages alone: `creator` connects.
    engine = create_engine(f"sqlite:///{path}", creator=lambda: _connect(path, fence, timeout_s), **bounded(timeout_s))
    event.listen(engine, "begin", _begin)
    return engine


def file_of(url: str) -> Path:
    """The file that an address names: "sqlite:////tmp/shop.db" is /tmp/shop.db."""
    return Path(unquote(urlsplit(url).path.removeprefix("/")))


def _connect(path: Path, fence: Fence | None, timeout_s: float) -> FencedConnection:
    # mode=rw: a file that is gone is not to be made anew.
    link = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        check_same_thread=False,
        factory=FencedConnection,
    )
    link.path = path
    for each in PRAGMAS:
        link.execute(f"PRAGMA {each}")
    if fence:
        try:
            fence.admit(link)
        except ConnectionAbortedError as error:
            raise sqlite3.OperationalError(str(error)) from error
    return link


def _begin(connection: Connection) -> None:
    link = connection.connection.dbapi_connection
    assert isinstance(link, FencedConnection)
    command = "BEGIN" if connection.get_execution_options().get(READS_ONLY) else "BEGIN IMMEDIATE"
    try:
        link.check()
        link.execute(command)
        # The instance may have crashed while it waited for its turn, which is the next one's now.
        link.check()
    except sqlite3.OperationalError as error:
        link.rollback()
        raise OperationalError(command, None, error) from error
