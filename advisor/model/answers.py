"""What somebody answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.model.vocabulary import Value


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a system.

    Attributes:
        archetype: supplies what `answers` lacks; None when it is none of the known kinds.
        answers: by question id. A system-wide question may be answered anew for this part alone.
            What is missing here and in the archetype is unknown.
    """

    name: str
    archetype: str | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The answers about a system and its components.

    Attributes:
        priorities: by concern id: 0 ignore, 1 as it is, 2 double. What is missing counts as 1.
    """

    name: str
    components: tuple[Component, ...]
    system: Mapping[str, Value] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
