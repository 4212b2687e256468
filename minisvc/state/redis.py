"""Sessions in Redis, shared by all instances."""

from __future__ import annotations

from minisvc.state.stored import Stored
from minisvc.stores.redis_server import open_store
from minisvc.stores.store import Store


class Redis(Stored):
    """A store for all instances: a given one, else `redis-server`, else an imitation."""

    name = "redis"

    def open_store(self) -> Store:
        """The store that the service names, or one of our own."""
        return open_store(self.service.store_url, self.service.keeping)
