"""Which members hold a session: decided by its id and the members' names alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

MARK = "."
"""Between an id's random part and the name of its home."""


def home_of(key: str) -> str:
    """The instance that made the id; "" if it names none.

    >>> home_of("Zm9v.cart-b")
    'cart-b'
    """
    return key.rpartition(MARK)[2] if MARK in key else ""


def order(key: str, members: Iterable[str]) -> list[str]:
    """The members in ring order from the id's home, or from the next after it if that is no member.

    >>> order("Zm9v.b", ["a", "c", "d"])
    ['c', 'd', 'a']
    """
    names = sorted(members)
    start = bisect_left(names, home_of(key))
    return names[start:] + names[:start]


def holders(key: str, members: Iterable[str], copies: int) -> list[str]:
    """The owner, and those who hold `copies` copies (0: all others)."""
    ordered = order(key, members)
    return ordered[: copies + 1] if copies else ordered
