"""What a report is about."""

from typing import NamedTuple

from advisor.engine.facts import values_of
from advisor.model import Advice, AnswerFile, Component, ComponentAdvice, Rulebook, Value


class Case(NamedTuple):
    """The rules, what was answered, and the advice on it.

    Attributes:
        file: the answer file as the reader names it; empty when there is none.
    """

    rulebook: Rulebook
    answers: AnswerFile
    advice: Advice
    file: str = ""

    @property
    def parts(self) -> tuple[tuple[Component, ComponentAdvice], ...]:
        """Each component with the advice on it."""
        return tuple(zip(self.answers.components, self.advice.components, strict=True))

    def values(self, component: Component) -> dict[str, Value]:
        """The answers that count for a component, by question id, in the order of the questions."""
        known = values_of(self.rulebook, self.answers, component)
        return {question: known[question] for question in self.rulebook.questions if question in known}
