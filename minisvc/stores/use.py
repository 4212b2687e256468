"""A store in use: by sessions, or by a service for records of its own."""

from __future__ import annotations

from minisvc.errors import FaultError
from minisvc.stores.link import Links
from minisvc.stores.store import Store
from minisvc.stores.traffic import StoreTraffic


class StoreUse:
    """A store, if there is one, and the instances' ways to it; it can be broken.

    Attributes:
        store: None if there is none.
        links: the instances' ways there, where they can be broken; None if there are none.
    """

    store: Store | None = None
    links: Links | None = None

    @property
    def store_user(self) -> str:
        """What uses it, for people: such as `state "memory"`."""
        return "the service"

    @property
    def traffic(self) -> StoreTraffic | None:
        """What instances and this store have said to each other so far; None where there is no link to count it."""
        if not (self.store and self.links):
            return None
        said = {name: carried for name, carried in self.links.carried().items() if carried.bytes_up}
        return StoreTraffic(self.store.kind, said)

    def crash_store(self) -> None:
        """Kill the store; instances stay up and find out by themselves.

        Raises:
            FaultError: there is no store, it is down already, or it is a given one, which is not the lab's to kill.
        """
        self._store("store_crash").crash()
        if self.links:
            self.links.cut()

    def restart_store(self) -> None:
        """Start the store that `crash_store` killed on the same port, with what was durable.

        Raises:
            FaultError: there is no store that is down.
            StoreUnavailable: it does not come up.
        """
        self._store("store_restart").restart()

    def wipe_store(self) -> None:
        """Let the store lose all that it holds, and stay up.

        Raises:
            FaultError: there is no store, it is down, or it is a given one, which is not the lab's to empty.
        """
        self._store("store_wipe").wipe()

    def _store(self, command: str) -> Store:
        if self.store is None:
            raise FaultError([f'{command}: {self.store_user} has no store; move it to one first, such as "redis".'])
        return self.store
