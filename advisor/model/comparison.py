"""How several answer files differ, and which of their differences decide."""

from typing import NamedTuple

from advisor.model.advice import Advice, ComponentAdvice
from advisor.model.vocabulary import Value


class Difference(NamedTuple):
    """One question that is not answered alike everywhere.

    Attributes:
        about: a question's id; for a difference of priorities, a concern's.
        of_priority: whether it is a priority.
        values: one for each side, in their order; None where it is unknown or the side lacks the component.
        matters: whether some side's winner changes when it takes over this one answer from another side.
    """

    about: str
    of_priority: bool
    values: tuple[Value | None, ...]
    matters: bool


class Turn(NamedTuple):
    """Answers that, taken over from one side, give the first side the same winner; each of them is needed.

    Attributes:
        side: whose they are, counting from 0; never the first.
        abouts: what they answer, as `Difference.about`.
    """

    side: int
    abouts: tuple[str, ...]


class ComponentComparison(NamedTuple):
    """One component, side by side. `sides` has None where an answer file has no such component."""

    name: str
    sides: tuple[ComponentAdvice | None, ...]
    differences: tuple[Difference, ...]
    turns: tuple[Turn, ...]


class Comparison(NamedTuple):
    """Several answer files, side by side: the advice on each, in their order, and each component."""

    advices: tuple[Advice, ...]
    components: tuple[ComponentComparison, ...]
