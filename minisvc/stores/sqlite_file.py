"""An SQLite database in a file of its own: a library and a disk, and no server.

Nothing runs, so nothing can be killed. What the lab can take from it is its disk: `crash` takes the file away, so that
every transaction that begins or would commit fails (`minisvc.sql.sqlite` looks), and `restart` puts it back with
whatever was committed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path

from minisvc.errors import StoreUnavailable
from minisvc.stores.store import Store

PATIENCE_S = 5.0
"""How long emptying it may wait for a transaction."""
BESIDE = ("", "-wal", "-shm")
"""The file and its companions (sqlite.org/wal.html, section 3)."""


class SqliteFile(Store):
    """A new, empty database in a temporary folder, which goes at `close`."""

    durable = True
    embedded = True

    def __init__(self) -> None:
        self.kind = f"SQLite {sqlite3.sqlite_version} (a file)"
        self._folder = tempfile.TemporaryDirectory(prefix="statewise-", ignore_cleanup_errors=True)
        self._file = Path(self._folder.name, "shop.db")
        self._away = Path(self._folder.name, "away")
        self.url = f"sqlite:///{self._file}"
        self._away.mkdir()
        # Those that connect make no file, so that one whose disk is gone is not made anew. The mode is the file's.
        with contextlib.closing(sqlite3.connect(self._away / self._file.name)) as link:
            link.execute("PRAGMA journal_mode = WAL")

    def _run(self) -> None:
        self._move(self._away, self._file.parent)

    def _kill(self) -> None:
        self._move(self._file.parent, self._away)

    def _erase(self) -> None:
        try:
            with contextlib.closing(sqlite3.connect(self._file, timeout=PATIENCE_S)) as link, link:
                for (table,) in link.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                    link.execute(f'DELETE FROM "{table}"')  # noqa: S608  # the name is the database's own
        except sqlite3.Error as error:
            raise StoreUnavailable(self.kind, str(error), "Try again when its transactions have ended.") from error

    def _clear(self) -> None:
        self._folder.cleanup()

    def _move(self, here: Path, there: Path) -> None:
        # The file goes first and comes back last: who finds it finds its companions as well.
        names = [self._file.name + end for end in BESIDE]
        for name in names if here == self._file.parent else reversed(names):
            with contextlib.suppress(FileNotFoundError):
                Path(here, name).rename(Path(there, name))


def open_store() -> Store:
    """A new database, in a temporary folder."""
    return SqliteFile().start()
