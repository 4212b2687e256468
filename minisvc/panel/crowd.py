"""Many customers as a few figures: beyond a dozen, chips are clutter, and too much to send ten times a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minisvc.panel.picture import Chip, Customer

MOST_SINGLE = 12
"""Up to so many customers are shown one by one."""
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Crowd:
    """All customers together: how many there are, have a cart, and were contradicted at their last look.

    `named` are the first few of those who were contradicted.
    """

    count: int
    with_items: int
    contradicted: int
    named: tuple[str, ...]

    @property
    def says(self) -> str:
        """Such as ``200 customers, 180 with a cart, 3 contradicted: c1, c4, c7``."""
        names = f": {', '.join(self.named)}{'…' if self.contradicted > len(self.named) else ''}" if self.named else ""
        return f"{self.count} customers, {self.with_items} with a cart, {self.contradicted} contradicted{names}"


@dataclass(frozen=True, slots=True)
class Pile:
    """The carts at one place: how many that cookies lead to, the items in them, and how many orphans beside them."""

    place: str
    carts: int
    items: int
    orphans: int

    @property
    def says(self) -> str:
        """Such as ``67 carts, 140 items``."""
        orphans = f", {self.orphans} that nobody reaches" if self.orphans else ""
        return f"{_counted(self.carts, 'cart')}, {_counted(self.items, 'item')}{orphans}"


def crowd(customers: Sequence[Customer]) -> Crowd | None:
    """The customers as one, None where each can be shown."""
    if len(customers) <= MOST_SINGLE:
        return None
    harmed = [each.name for each in customers if each.contradicted]
    held = sum(each.items > 0 for each in customers)
    return Crowd(len(customers), held, len(harmed), tuple(harmed[:MOST_NAMED]))


def piles(chips: Iterable[Chip]) -> tuple[Pile, ...]:
    """The chips heaped up by place."""
    heaps: dict[str, list[Chip]] = {}
    for chip in chips:
        heaps.setdefault(chip.place, []).append(chip)
    return tuple(_pile(place, heap) for place, heap in sorted(heaps.items()))


def _pile(place: str, heap: list[Chip]) -> Pile:
    current = [each for each in heap if each.current]
    return Pile(place, len(current), sum(each.items for each in current), len(heap) - len(current))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
