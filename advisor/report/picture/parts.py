"""The nouns of a picture."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a part is; each kind has a shape of its own, so that no colour is needed to tell them apart."""

    CLIENT = "client"
    BALANCER = "balancer"
    CACHE = "cache"
    GATEWAY = "gateway"
    INSTANCE = "instance"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Part:
    """One box.

    Attributes:
        note: what it keeps or does; empty when there is nothing to say.
        keeps: whether state lives here that the next request needs.
    """

    id: str
    kind: Kind
    label: str
    note: str = ""
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A line between two parts by id; `mutual` has an arrow at both ends."""

    start: str
    end: str
    mutual: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One component: its rows of parts, the client's at the top, and the links between them.

    Attributes:
        title: the component and its mechanisms, in one line.
    """

    title: str
    rows: tuple[tuple[Part, ...], ...]
    links: tuple[Link, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, from the top."""
        return tuple(part for row in self.rows for part in row)
