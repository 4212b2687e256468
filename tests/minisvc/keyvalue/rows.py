"""Every store of keys and values: a row here, and the contract suite runs it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from minisvc.keeping import Keeping
from minisvc.stores import memcached_server, postgres_server, redis_server, sqlite_file
from minisvc.stores.store import Store
from tests.minisvc.programs import installed

Open = Callable[..., Store]


@dataclass(frozen=True)
class Row:
    """A store, and what its keys and values owe.

    Attributes:
        opens: makes its server, by an address and a `Keeping`; None where there is none.
        module: of `minisvc.keyvalue`.
        clocked: entries end by a clock of ours, which a test can turn; others end by the server's.
        keeping: what the server is asked for.
        needs: a program; without it on PATH the row is skipped, and says so.
        imitation: hide all programs, so that the embedded store is used.
        most_bytes: the largest value; None: no bound.
        lasting: what it has confirmed outlasts its crash, whatever it is asked for.
        library: it is no server, so nobody can give one.
    """

    name: str
    module: str
    opens: Open | None = None
    clocked: bool = True
    keeping: Keeping = field(default_factory=Keeping)
    needs: str | None = None
    imitation: bool = False
    most_bytes: int | None = None
    lasting: bool = False
    library: bool = False

    @property
    def durable(self) -> bool:
        """Whether what it has confirmed outlasts its crash."""
        return self.lasting or self.keeping.durable

    @property
    def param(self) -> Any:
        """For a fixture."""
        missing = self.needs and self.needs not in installed()
        marks = [pytest.mark.skip(reason=f"{self.needs} is not on this machine")] if missing else []
        return pytest.param(self, id=self.name, marks=marks)


_REDIS = {"module": "redis", "opens": redis_server.open_store, "clocked": False}
_MEMCACHED = {"module": "memcached", "opens": memcached_server.open_store, "most_bytes": 1_048_064}

ROWS = [
    Row("memory", "memory"),
    Row("redis", **_REDIS, needs="redis-server"),
    Row("redis-durable", **_REDIS, needs="redis-server", keeping=Keeping(durable=True)),
    Row("redis-imitation", **_REDIS, imitation=True),
    Row("sqlite", "sql", opens=lambda _url, _keeping: sqlite_file.open_store(), lasting=True, library=True),
    Row("postgres", "sql", opens=postgres_server.open_store, lasting=True, needs="postgres"),
    Row("memcached", **_MEMCACHED, needs="memcached"),
    Row("memcached-imitation", **_MEMCACHED, imitation=True),
]
SERVERS = [row for row in ROWS if row.opens]
