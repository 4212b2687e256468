"""Keys and values in any store, behind one contract: what sessions are kept in, and caches.

One file a store. To add one, write a `KeyValue` and list it in `_BY_SCHEME`: the contract suite in
`tests/minisvc/keyvalue` then runs it. This is the instance's end; the stores themselves are run by `minisvc.stores`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from urllib.parse import urlsplit

from minisvc.fence import Fence
from minisvc.keyvalue.contract import ABSENT, ANY, Entry, KeyValue, StoreDown, TooLarge
from minisvc.keyvalue.memory import MemoryKeyValue

__all__ = ["ABSENT", "ANY", "Entry", "KeyValue", "MemoryKeyValue", "StoreDown", "TooLarge", "connect", "module_of"]

_BY_SCHEME = {
    "redis": "redis",
    "rediss": "redis",
    "unix": "redis",
    "memcached": "memcached",
    "sqlite": "sql",
    "postgresql": "sql",
}
"""The module of this package that speaks to a store, by the scheme of its address."""


def connect(url: str, prefix: str, fence: Fence | None = None) -> KeyValue:
    """Keys that begin with `prefix` in the store at `url`; its connections go through `fence` (None: through none).

    No connection is made before it is needed. Raises ValueError for a scheme that no store has.
    """
    # Only the library of the store in use is loaded.
    opened: Callable[[str, str, Fence | None], KeyValue] = import_module(module_of(url)).connect
    return opened(url, prefix, fence)


def module_of(url: str) -> str:
    """The module that speaks to the store at `url`; "" for a scheme that no store has."""
    module = _BY_SCHEME.get(urlsplit(url).scheme)
    return f"minisvc.keyvalue.{module}" if module else ""
