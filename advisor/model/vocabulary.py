"""Questions, their options or bands, and the facts that follow from numbers."""

from enum import StrEnum
from math import inf
from typing import NamedTuple

UNKNOWN = "unknown"

Value = str | float
"""An answer: an option id, a number, or `UNKNOWN`."""


class ServiceClass(StrEnum):
    """The three words, lightest first. They are derived from mechanisms and never voted on."""

    STATELESS = "stateless"
    HYBRID = "hybrid"
    STATEFUL = "stateful"


class Option(NamedTuple):
    """One possible answer to a question."""

    id: str
    label: str
    help: str


class Band(NamedTuple):
    """A range of numbers that rules can name: from `low` up to, not including, `high`."""

    id: str
    label: str
    low: float
    high: float = inf


class Question(NamedTuple):
    """Something the advisor asks, about the whole system or about one component.

    Attributes:
        effort: how hard the answer is to change: 1 a setting, 2 a piece of design, 3 the product.
        unit: of a number; empty when the answer is one of `options`.
    """

    id: str
    label: str
    why: str
    effort: int
    of_system: bool
    options: tuple[Option, ...] = ()
    bands: tuple[Band, ...] = ()
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number and not one of the options."""
        return bool(self.bands)

    @property
    def choices(self) -> tuple[str, ...]:
        """The ids that a rule may name: options, or bands of a number."""
        return tuple(each.id for each in self.options or self.bands)

    def choice_of(self, value: Value) -> str:
        """The option or band id that a known answer falls into."""
        return value if isinstance(value, str) else band_of(self.bands, value)

    def label_of(self, choice: str) -> str:
        """What a person reads for an option or band id."""
        return next((each.label for each in self.options or self.bands if each.id == choice), choice)


class Fact(NamedTuple):
    """A number that follows from answers: the product of `factors`, known when all of them are."""

    id: str
    label: str
    factors: tuple[str, ...]
    unit: str
    bands: tuple[Band, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """The band ids that a rule may name."""
        return tuple(band.id for band in self.bands)


def band_of(bands: tuple[Band, ...], value: float) -> str:
    """The id of the band that holds a number of at least 0."""
    return next(band.id for band in reversed(bands) if value >= band.low)
