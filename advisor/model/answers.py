"""What somebody answered."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from advisor.model.vocabulary import Value


class Component(NamedTuple):
    """One part of a system.

    Attributes:
        archetype: supplies what `answers` lacks; None when it is none of the known kinds.
        answers: by question id. A system-wide question may be answered anew for this part alone.
            What is missing here and in the archetype is unknown.
    """

    name: str
    archetype: str | None = None
    answers: Mapping[str, Value] = MappingProxyType({})


class AnswerFile(NamedTuple):
    """The answers about a system and its components.

    Attributes:
        priorities: by concern id: 0 ignore, 1 as it is, 2 double. What is missing counts as 1.
    """

    name: str
    components: tuple[Component, ...]
    system: Mapping[str, Value] = MappingProxyType({})
    priorities: Mapping[str, int] = MappingProxyType({})
