"""What every store of keys and values owes its users.

A value is bytes; an empty one is a value, and no value at all is None. Each write gives the entry a new version, which
means nothing but itself: a later write may ask that the entry still has the version that it was read with, so that no
other write is lost (RFC 9110, section 13.1.1, calls that If-Match).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from minisvc.errors import MinisvcError

ANY = "*"
"""Write whatever is there: the last writer wins."""
ABSENT = ""
"""Write only if nothing is there."""
TIMEOUT_S = 2.0
"""How long one operation may wait for a store that does not answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, and the version of the write that put it there."""

    value: bytes
    version: str


class StoreDown(MinisvcError):
    """The store did not answer, or refused. What was asked for may have been done all the same: indefinite."""

    def __init__(self, kind: str, reason: object) -> None:
        self.kind, self.reason = kind, str(reason).rstrip(".")
        super().__init__(f"The store ({kind}) cannot be used: {self.reason}.\n  Look whether it runs and is reachable.")


class TooLarge(MinisvcError):
    """A value is larger than its place allows. Nothing was written."""

    def __init__(self, kind: str, size: int, most: int) -> None:
        self.kind, self.size, self.most = kind, size, most
        super().__init__(f"{size:,} bytes are more than {kind} takes: at most {most:,}.\n  Keep less, or elsewhere.")


class KeyValue(ABC):
    """Keys (text of 1 to 200 bytes in UTF-8, without blanks and control characters) and their values.

    Safe from any thread, and exact: an entry ends when its time is over, and of two who write on the same version one
    is told no. A value that somebody else keeps under a key of ours may be shown, or be as good as absent.

    Every method may raise `StoreDown`.

    Attributes:
        kind: for people, such as "redis".
        most_bytes: the largest value that it takes; None: no bound of its own.
    """

    kind: ClassVar[str]
    most_bytes: ClassVar[int | None] = None

    @abstractmethod
    def get(self, key: str) -> Entry | None:
        """The entry, or None if there is none or it has expired."""

    @abstractmethod
    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """Write, and let it expire after `ttl_s` seconds (above 0; None: never).

        Returns:
            The new version; None if `version` was asked for and the entry has another: nothing was written then.

        Raises:
            TooLarge: `value` is longer than `most_bytes`.
        """

    @abstractmethod
    def delete(self, key: str) -> bool:
        """Remove the entry; whether there was one."""

    @abstractmethod
    def keys(self) -> Iterator[str]:
        """Every live key, in no order; what comes and goes meanwhile may be missed."""

    def close(self) -> None:
        """Let go of connections. Nothing by default."""
        return

    def check_size(self, value: bytes) -> None:
        """Refuse what is too large."""
        if self.most_bytes is not None and len(value) > self.most_bytes:
            raise TooLarge(self.kind, len(value), self.most_bytes)
