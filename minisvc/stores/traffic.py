"""What went between instances and their store, as their links counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carried:
    """What went over one instance's link.

    Attributes:
        round_trips: how often the store answered what the instance had said: commands sent together count once.
        bytes_up: from the instance to the store.
        bytes_down: from the store to the instance.
    """

    round_trips: int = 0
    bytes_up: int = 0
    bytes_down: int = 0

    def __add__(self, other: Carried) -> Carried:
        """Both together."""
        return Carried(
            self.round_trips + other.round_trips, self.bytes_up + other.bytes_up, self.bytes_down + other.bytes_down
        )

    def __sub__(self, other: Carried) -> Carried:
        """What came since `other`."""
        return Carried(
            self.round_trips - other.round_trips, self.bytes_up - other.bytes_up, self.bytes_down - other.bytes_down
        )

    def __str__(self) -> str:
        trips = f"{self.round_trips:,} round trip{'' if self.round_trips == 1 else 's'}"
        return f"{trips}, {self.bytes_up:,} bytes up, {self.bytes_down:,} down"


@dataclass(frozen=True, slots=True)
class StoreTraffic:
    """The traffic of all instances with one store, since it is theirs.

    Attributes:
        kind: the store's, for people.
        instances: by name; those that never asked for anything are left out.
    """

    kind: str
    instances: Mapping[str, Carried]

    @property
    def total(self) -> Carried:
        """Of all instances together."""
        return sum(self.instances.values(), Carried())

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.total}"]
        return "\n".join([*lines, *(f"  {name}: {traffic}" for name, traffic in self.instances.items())])
