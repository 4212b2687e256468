"""What an imitated memcached holds: items with an end, of which the longest unused go when memory is full."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from minisvc.clock import Clock, wall

ITEM_BYTES = 56
"""What memcached itself adds to a key and its value, about (an item's header with a cas unique)."""
RELATIVE_S = 60 * 60 * 24 * 30
"""A larger time to live is a moment in seconds since 1970 (memcached's protocol.txt, "Expiration times")."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its flags; `unique` is new at every write; `expires_at` on the clock, None: never."""

    value: bytes
    flags: int
    unique: int
    expires_at: float | None
    size: int = field(default=0)


class Items:
    """At most `most_bytes`, by the least recently used; `clock` is seconds since 1970. One thread at a time."""

    def __init__(self, most_bytes: int, clock: Clock = wall) -> None:
        self.most_bytes, self._clock = most_bytes, clock
        self._items: OrderedDict[bytes, Item] = OrderedDict()
        self._unique = self.evictions = self.size = 0

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: bytes) -> Item | None:
        """The item if it lives; it counts as used now."""
        item = self._items.get(key)
        if item is None:
            return None
        if item.expires_at is not None and item.expires_at <= self._clock():
            self.delete(key)
            return None
        self._items.move_to_end(key)
        return item

    def put(self, key: bytes, value: bytes, flags: int, ttl: int) -> None:
        """Write, and evict what has to go for it. `ttl` as in the protocol: 0 is never, below 0 is at once."""
        self.delete(key)
        self._unique += 1
        size = len(key) + len(value) + ITEM_BYTES
        self._items[key] = Item(value, flags, self._unique, self._end(ttl), size)
        self.size += size
        while self.size > self.most_bytes:
            oldest = next(iter(self._items))
            self.delete(oldest)
            self.evictions += 1

    def touch(self, key: bytes, ttl: int) -> bool:
        """Give a living item another end; whether there was one."""
        item = self.get(key)
        if item is None:
            return False
        self._items[key] = Item(item.value, item.flags, item.unique, self._end(ttl), item.size)
        return True

    def delete(self, key: bytes) -> bool:
        """Remove; whether there was one."""
        item = self._items.pop(key, None)
        if item is None:
            return False
        self.size -= item.size
        return True

    def clear(self) -> None:
        """Remove all."""
        self._items.clear()
        self.size = 0

    def living(self) -> Iterator[tuple[bytes, Item]]:
        """Every living item, without using it."""
        now_s = self._clock()
        return ((key, item) for key, item in self._items.items() if item.expires_at is None or item.expires_at > now_s)

    def _end(self, ttl: int) -> float | None:
        if ttl == 0:
            return None
        return float(ttl) if ttl > RELATIVE_S else self._clock() + ttl
