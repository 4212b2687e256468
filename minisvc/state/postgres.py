"""Sessions in PostgreSQL, shared by all instances: what a crash of the store does not lose."""

from __future__ import annotations

from minisvc.state.rows import Rows
from minisvc.stores.postgres_server import open_store
from minisvc.stores.store import Store


class Postgres(Rows):
    """A database for all instances: a given one, else one of a server started here."""

    name = "postgres"

    def open_store(self) -> Store:
        """The database that the service names, or one of our own."""
        return open_store(self.service.store_url, self.service.keeping)
