"""The database of a service that has records of its own, such as payments: opened for such services alone.

Sessions are something else, see `minisvc.state`. The service finds its engine, SQLAlchemy's, at
`app.extensions["database"]`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.stores.link import Links, can_link
from minisvc.stores.store import Store
from minisvc.stores.use import StoreUse

EXTENSION = "database"


@dataclass(frozen=True, slots=True)
class Access:
    """All that an instance must know to reach its service's database: data that can go to another process."""

    url: str = field(repr=False)


class Database(StoreUse):
    """One database for all instances of a service; each instance has its own connections, cut when it crashes."""

    store: Store

    def __init__(self, service: Service) -> None:
        """Open `service.database`.

        Raises:
            StoreUnavailable: it could not be started or reached.
        """
        self._kind = service.database
        with contextlib.ExitStack() as undo:
            self.store = _OPENERS[service.database](service)
            undo.callback(self.store.close)
            self.links = Links(self.store.url) if can_link(self.store.url) else None
            if self.links:
                undo.callback(self.links.close)
            self._undo = undo.pop_all()

    @property
    def store_user(self) -> str:
        """This database."""
        return f'database "{self._kind}"'

    def access(self, instance: str) -> Access:
        """The address by that instance's own link."""
        return Access(self.links.address(instance) if self.links else self.store.url)

    def close(self) -> None:
        """Let go of the database, and end it if the lab started it."""
        self._undo.close()


def furnish(access: Access, app: Flask, fence: Fence) -> None:
    """Give a fresh app its engine; what goes through it goes through `fence`."""
    # SQLAlchemy takes a tenth of a second to import, which services without a database need not pay.
    from minisvc.sql import open_engine  # noqa: PLC0415

    app.extensions[EXTENSION] = open_engine(access.url, fence)


def _sqlite(_service: Service) -> Store:
    from minisvc.stores.sqlite_file import open_store  # noqa: PLC0415  # as above

    return open_store()


def _postgres(service: Service) -> Store:
    from minisvc.stores.postgres_server import open_store  # noqa: PLC0415  # as above

    return open_store(service.database_url, service.keeping)


_OPENERS: dict[str, Callable[[Service], Store]] = {"sqlite": _sqlite, "postgres": _postgres}
