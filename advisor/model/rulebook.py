"""What a rules file says, once it is known to be sound."""

from collections.abc import Mapping
from typing import NamedTuple

from advisor.errors import Place
from advisor.model.vocabulary import Fact, Question, ServiceClass


class Concern(NamedTuple):
    """A matter that architects weigh; in each, a mechanism has one voice for and one against."""

    id: str
    label: str
    about: str


class Risk(NamedTuple):
    """What may go wrong with a mechanism, what people do about it, and who says so."""

    risk: str
    mitigation: str
    source: str


class Mechanism(NamedTuple):
    """A way of keeping state, or of not keeping it. `risks` has at least one, the worst first."""

    id: str
    label: str
    service_class: ServiceClass
    summary: str
    risks: tuple[Risk, ...]
    place: Place | None = None


class Archetype(NamedTuple):
    """A kind of component that people know, and the answers it supplies."""

    id: str
    label: str
    help: str
    answers: Mapping[str, str]


class Condition(NamedTuple):
    """Holds when each named question or fact is known to be one of the listed choices."""

    terms: tuple[tuple[str, frozenset[str]], ...]

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Whether the known facts (question or fact id to choice) meet every term."""
        return all(facts.get(question) in choices for question, choices in self.terms)

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions and facts it looks at."""
        return tuple(question for question, _ in self.terms)


class Requirement(NamedTuple):
    """Removes mechanisms as the primary one; nothing outvotes it."""

    id: str
    when: Condition
    removes: frozenset[str]
    because: str
    source: str
    place: Place | None = None


class Rule(NamedTuple):
    """An argument in one concern: points from -3 to +3 by mechanism.

    Attributes:
        lesson, claim: where the lab shows it; None where it does not.
    """

    id: str
    concern: str
    when: Condition
    points: Mapping[str, int]
    because: str
    source: str
    lesson: str | None = None
    claim: str | None = None
    place: Place | None = None


class CompanionRule(NamedTuple):
    """Adds a mechanism beside a primary one."""

    id: str
    when: Condition
    primaries: frozenset[str]
    adds: str
    because: str
    source: str
    place: Place | None = None


class Rulebook(NamedTuple):
    """A whole rules file. Mappings keep the file's order; for mechanisms it is simplest first.

    Attributes:
        file: the file's name as messages show it.
        component_classes: by class of the primary and heaviest class beside it (None: nothing beside).
        system_classes: by the set of its components' classes.
    """

    file: str
    words: Mapping[ServiceClass, str]
    questions: Mapping[str, Question]
    facts: Mapping[str, Fact]
    mechanisms: Mapping[str, Mechanism]
    archetypes: Mapping[str, Archetype]
    concerns: Mapping[str, Concern]
    requirements: tuple[Requirement, ...]
    rules: tuple[Rule, ...]
    companions: tuple[CompanionRule, ...]
    component_classes: Mapping[tuple[ServiceClass, ServiceClass | None], ServiceClass]
    system_classes: Mapping[frozenset[ServiceClass], ServiceClass]

    @property
    def system_questions(self) -> tuple[Question, ...]:
        """Questions about the whole system, in the order they are asked."""
        return tuple(question for question in self.questions.values() if question.of_system)

    @property
    def component_questions(self) -> tuple[Question, ...]:
        """Questions about one component, in the order they are asked."""
        return tuple(question for question in self.questions.values() if not question.of_system)
