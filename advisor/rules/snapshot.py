"""The advisor's own rules as they were last read, so that a short command need not parse them again.

A snapshot holds plain values, from which nothing but the classes of `advisor.model` is made.
"""

import marshal
import sys
from binascii import crc32
from enum import Enum
from typing import Any, NamedTuple

from advisor import cache, errors
from advisor.model import Rulebook, rulebook, vocabulary

CLASSES = {
    each.__name__: each
    for each in (*vars(rulebook).values(), *vars(vocabulary).values(), errors.Place)
    if isinstance(each, type) and each.__module__.startswith("advisor.")
}


class Snapshot(NamedTuple):
    """What the snapshot of a text is called, and how it has to start: see `advisor.cache`."""

    name: str
    start: bytes

    @classmethod
    def of(cls, text: str, file: str) -> "Snapshot":
        """The snapshot of a rules text; `file` is what messages call it."""
        # Later versions of the format have many ways to write one value.
        start = marshal.dumps((sys.version, file, text, cache.code()), 2)
        # One for each file name, since places carry it.
        return cls(f"rules-{crc32(file.encode()):08x}", start)

    def recall(self) -> Rulebook | None:
        """The rulebook as it was read; None where there is no snapshot of this text that can be trusted."""
        body = cache.recall(self.name, self.start)
        if body is None:
            return None
        found = _revived(marshal.loads(body))  # noqa: S302  # our own file, and it is whole
        return found if isinstance(found, Rulebook) else None

    def keep(self, book: Rulebook) -> None:
        """Leave a snapshot behind."""
        cache.keep(self.name, self.start, marshal.dumps(_plain(book)))


def _plain(value: Any) -> Any:
    """A value as what marshal can write: each of our own as its class's name and its parts."""
    if isinstance(value, Enum):
        return [type(value).__name__, [value.value]]
    if isinstance(value, dict):
        return ["dict", [(_plain(key), _plain(each)) for key, each in value.items()]]
    if isinstance(value, frozenset):
        return ["frozenset", [_plain(each) for each in value]]
    if not isinstance(value, tuple):
        return value
    parts = tuple(map(_plain, value))
    return [type(value).__name__, parts] if type(value) is not tuple else parts


def _revived(value: Any) -> Any:
    """What `_plain` made a value of."""
    if type(value) is tuple:
        return tuple(map(_revived, value))
    if type(value) is not list:
        return value
    name, parts = value
    if name in {"dict", "frozenset"}:
        return (dict if name == "dict" else frozenset)(map(_revived, parts))
    return CLASSES[name](*map(_revived, parts))
