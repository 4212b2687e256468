"""What was answered in an interview, and the answer file that it makes."""

from dataclasses import dataclass, replace

from advisor.interview.steps import Asks, Step
from advisor.model import AnswerFile, Component, Rulebook, Value

NO_ARCHETYPE = "none"
UNNAMED = "my system"


@dataclass(frozen=True, slots=True)
class Record:
    """The replies of an interview, in the order they were first given. Nothing is changed in place.

    Attributes:
        kept: an answer file that was resumed; what the steps do not ask is carried over from it.
    """

    rulebook: Rulebook
    replies: tuple[tuple[Step, Value], ...] = ()
    kept: AnswerFile | None = None

    @classmethod
    def resumed(cls, rulebook: Rulebook, file: AnswerFile) -> "Record":
        """What a file says, as replies."""
        replies: list[tuple[Step, Value]] = [(Step(Asks.NAME), file.name)]
        replies += [(Step(Asks.QUESTION, None, name), value) for name, value in file.system.items()]
        for index, component in enumerate(file.components):
            if index:
                replies.append((Step(Asks.MORE, index - 1), "yes"))
            replies.append((Step(Asks.ARCHETYPE, index), component.archetype or NO_ARCHETYPE))
            replies.append((Step(Asks.COMPONENT_NAME, index), component.name))
            own = [question.id for question in rulebook.component_questions if question.id in component.answers]
            replies += [(Step(Asks.QUESTION, index, name), component.answers[name]) for name in own]
        return cls(rulebook, tuple(replies), file)

    def __contains__(self, step: Step) -> bool:
        return any(step == given for given, _ in self.replies)

    def get(self, step: Step) -> Value | None:
        """The reply to a step; None when there is none."""
        return next((value for given, value in self.replies if given == step), None)

    def with_reply(self, step: Step, value: Value) -> "Record":
        """The record with a reply, in the place of an earlier one to the same step."""
        if step in self:
            replies = tuple((given, value if given == step else before) for given, before in self.replies)
        else:
            replies = (*self.replies, (step, value))
        if step.asks is Asks.MORE and value != "yes":  # whatever came after this part goes
            replies = tuple(each for each in replies if (each[0].component or 0) <= (step.component or 0))
        return replace(self, replies=replies)

    def without(self, step: Step) -> "Record":
        """The record without a reply to a step."""
        return replace(self, replies=tuple(each for each in self.replies if each[0] != step))

    def without_last(self) -> "Record":
        """The record before its last reply."""
        return replace(self, replies=self.replies[:-1])

    @property
    def parts(self) -> int:
        """How many parts have been begun."""
        return sum(step.asks is Asks.ARCHETYPE for step, _ in self.replies)

    def archetype(self, index: int) -> str | None:
        """The archetype's id; None when the part is of no known kind, or not begun."""
        found = self.get(Step(Asks.ARCHETYPE, index))
        return None if found in {None, NO_ARCHETYPE} else str(found)

    def needs_name(self, index: int) -> bool:
        """Whether the archetype does not name the part well enough."""
        return self.usual_name(index) != self.archetype(index)

    def name(self, index: int) -> str:
        """What the part is called."""
        return str(self.get(Step(Asks.COMPONENT_NAME, index)) or self.usual_name(index))

    def usual_name(self, index: int) -> str:
        """A name that no earlier part and nobody else has: the archetype's, numbered if need be."""
        stem = self.archetype(index) or "component"
        taken = {self.name(each) for each in range(index)} | self._given_names(but=index)
        names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)

    def names(self, *, but: int | None) -> set[str]:
        """What all parts are called, one excepted."""
        return {self.name(index) for index in range(self.parts) if index != but}

    def said(self, index: int) -> dict[str, Value]:
        """What a person said that counts for a part, by question id, `unknown` included."""
        file = self.answer_file()
        return {**file.system, **file.components[index].answers}

    def answer_file(self) -> AnswerFile:
        """What was answered, as an answer file."""
        system = {
            str(step.question): value
            for step, value in self.replies
            if step.asks is Asks.QUESTION and step.component is None
        }
        name = str(self.get(Step(Asks.NAME)) or UNNAMED)
        priorities = self.kept.priorities if self.kept else {}
        return AnswerFile(name, tuple(map(self._component, range(self.parts))), system, priorities)

    def _component(self, index: int) -> Component:
        kept = self.kept.components[index : index + 1] if self.kept else ()
        answers = {
            question: value
            for component in kept
            for question, value in component.answers.items()
            if self.rulebook.questions[question].of_system
        }
        answers |= {
            str(step.question): value
            for step, value in self.replies
            if step.asks is Asks.QUESTION and step.component == index
        }
        return Component(self.name(index), self.archetype(index), answers)

    def _given_names(self, *, but: int) -> set[str]:
        return {
            str(value) for step, value in self.replies if step.asks is Asks.COMPONENT_NAME and step.component != but
        }
