"""Sessions in memcached, shared by all instances: fast, and gone when it is full, restarted or crashed."""

from __future__ import annotations

from minisvc.state.stored import Stored
from minisvc.stores.memcached_server import open_store
from minisvc.stores.store import Store


class Memcached(Stored):
    """A store for all instances: a given one, else `memcached`, else an imitation."""

    name = "memcached"

    def open_store(self) -> Store:
        """The store that the service names, or one of our own."""
        return open_store(self.service.store_url, self.service.keeping)
