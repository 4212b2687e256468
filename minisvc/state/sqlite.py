"""Sessions in an SQLite file that all instances share: no server, and nothing to install."""

from __future__ import annotations

from minisvc.state.rows import Rows
from minisvc.stores.sqlite_file import open_store
from minisvc.stores.store import Store


class Sqlite(Rows):
    """A file in a temporary folder. It has no server that could crash and no way there that could break: its disk can
    be taken away (`minisvc.stores.sqlite_file`).
    """

    name = "sqlite"

    def open_store(self) -> Store:
        """A file of our own."""
        return open_store()
