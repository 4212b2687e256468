"""A store of each kind, and keys and values in it."""

import time
from collections.abc import Iterator
from importlib import import_module

import pytest

from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keyvalue import KeyValue, MemoryKeyValue
from minisvc.stores.store import Store
from tests.minisvc.conditions import until
from tests.minisvc.keyvalue.rows import ROWS, SERVERS, Row

SHORT_S = 0.05
"""A time to live that a test can wait for, where no clock of ours decides."""


class Bench:
    """One store and all that was connected to it. `clock` is the one by which entries end, where that is ours."""

    def __init__(self, row: Row) -> None:
        # Not from 0: servers compare with their own time, which begins in 1970.
        self.row, self.clock = row, FakeClock(time.time())
        self.store: Store | None = row.opens(None, row.keeping) if row.opens else None
        self._opened: dict[str, KeyValue] = {}
        self._others: list[KeyValue] = []

    def connect(self, prefix: str = "test:") -> KeyValue:
        """The same for the same prefix."""
        if prefix not in self._opened:
            self._opened[prefix] = self._connect(prefix) if self.store else MemoryKeyValue(self.clock)
        return self._opened[prefix]

    def beside(self, prefix: str = "test:", fence: Fence | None = None, url: str | None = None) -> KeyValue:
        """Connections of their own to the same keys."""
        self._others.append(self._connect(prefix, fence, url))
        return self._others[-1]

    def let_end(self, values: KeyValue, key: str, value: bytes = b"v") -> None:
        """Put an entry, and let its time go by."""
        ttl_s = 100.0 if self.row.clocked else SHORT_S
        values.put(key, value, ttl_s=ttl_s)
        if self.row.clocked:
            self.clock.advance(ttl_s)
        else:
            until(lambda: values.get(key) is None)

    def close(self) -> None:
        for each in (*self._opened.values(), *self._others):
            each.close()
        if self.store:
            self.store.close()

    def _connect(self, prefix: str, fence: Fence | None = None, url: str | None = None) -> KeyValue:
        module = import_module(f"minisvc.keyvalue.{self.row.module}")
        clock = (self.clock,) if self.row.clocked else ()
        return module.connect(url or self.store.url, prefix, fence, *clock)


def opened(row: Row, monkeypatch) -> Iterator[Bench]:
    if row.imitation:
        monkeypatch.setenv("PATH", "")
    bench = Bench(row)
    yield bench
    bench.close()


@pytest.fixture(params=[row.param for row in ROWS])
def bench(request, monkeypatch) -> Iterator[Bench]:
    yield from opened(request.param, monkeypatch)


@pytest.fixture(params=[row.param for row in SERVERS])
def served(request, monkeypatch) -> Iterator[Bench]:
    """Those with a server, which can be away."""
    yield from opened(request.param, monkeypatch)


@pytest.fixture
def values(bench) -> KeyValue:
    return bench.connect()
