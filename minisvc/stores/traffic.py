"""What went between instances and their store, as their links counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over one instance's link.

    Attributes:
        round_trips: how often the store answered what the instance had said: commands sent together count once.
        bytes_up: from the instance to the store.
        bytes_down: from the store to the instance.
    """

    round_trips: int = 0
    bytes_up: int = 0
    bytes_down: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        """Both together."""
        return Traffic(
            self.round_trips + other.round_trips, self.bytes_up + other.bytes_up, self.bytes_down + other.bytes_down
        )

    def __sub__(self, other: Traffic) -> Traffic:
        """What came since `other`."""
        return Traffic(
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
    instances: Mapping[str, Traffic]

    @property
    def total(self) -> Traffic:
        """Of all instances together."""
        return sum(self.instances.values(), Traffic())

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.total}"]
        return "\n".join([*lines, *(f"  {name}: {traffic}" for name, traffic in self.instances.items())])
