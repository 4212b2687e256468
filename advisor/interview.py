"""The interview as data: which step comes next, what a reply means, and how to go back.

It neither prints nor reads. A face shows `prompt` and hands the reply to `answered`, or calls `back`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from advisor.answers import value_of
from advisor.errors import AnswersError, Fault
from advisor.model import UNKNOWN, AnswerFile, Component, Option, Question, Rulebook, Value

NO_ARCHETYPE = "none"
YES_NO = (
    Option("no", "No", "show the recommendation"),
    Option("yes", "Yes", "a system is judged by all of its parts"),
)


class Asks(Enum):
    """What a step is about."""

    NAME = "name"
    ARCHETYPE = "archetype"
    COMPONENT_NAME = "component name"
    QUESTION = "question"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to ask. `component` counts from 0, and is None for the system as a whole."""

    asks: Asks
    component: int | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a face shows.

    Attributes:
        about: the component in question, or the system.
        choices: empty when the reply is a number or a text.
        default: what an empty reply means; None when there is nothing sensible.
        default_from: the label of the archetype that supplied the default, or empty.
        unit: of a number; empty otherwise.
        may_be_unknown: whether `unknown` is a reply.
        number, total: this step and the steps known so far, counting from 1.
    """

    title: str
    why: str
    about: str
    choices: tuple[Option, ...]
    default: str | None
    default_from: str
    unit: str
    may_be_unknown: bool
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Interview:
    """Where an interview stands. Each answer makes a new one; nothing is changed in place.

    Attributes:
        replies: what was answered, in the order it was answered.
        kept: an answer file that was resumed; what the steps do not ask is carried over from it.
    """

    rulebook: Rulebook
    replies: tuple[tuple[Step, Value], ...] = ()
    kept: AnswerFile | None = None

    @classmethod
    def resumed(cls, rulebook: Rulebook, file: AnswerFile) -> "Interview":
        """An interview that knows what a file says and asks only for the rest."""
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

    @property
    def step(self) -> Step | None:
        """The next thing to ask; None when all is answered."""
        known = dict(self.replies)
        return next((step for step in self._steps() if step not in known), None)

    @property
    def prompt(self) -> Prompt | None:
        """How to ask the next step; None when all is answered."""
        step = self.step
        return None if step is None else self._prompt(step)

    def answered(self, reply: str) -> "Interview":
        """The interview after a reply: an option id, a number, a name, or `unknown`.

        Raises:
            AnswersError: the step does not allow this reply; says what it allows.
        """
        step = self.step
        if step is None:
            raise AnswersError([Fault(None, "the interview is over; there is nothing left to answer.")])
        return replace(self, replies=(*self.replies, (step, self._value(step, reply))))

    def back(self) -> "Interview":
        """The interview before the last reply; the same one at the very start."""
        return replace(self, replies=self.replies[:-1])

    def answer_file(self) -> AnswerFile:
        """What was answered so far."""
        known = dict(self.replies)
        system = {
            str(step.question): value
            for step, value in self.replies
            if step.asks is Asks.QUESTION and step.component is None
        }
        count = sum(step.asks is Asks.ARCHETYPE for step in known)
        components = tuple(self._component(index, known) for index in range(count))
        priorities = self.kept.priorities if self.kept else {}
        return AnswerFile(str(known.get(Step(Asks.NAME), "my system")), components, system, priorities)

    def _steps(self) -> Iterator[Step]:
        """All steps in order, as far as the replies tell how many components there are."""
        known = dict(self.replies)
        yield Step(Asks.NAME)
        yield from (Step(Asks.QUESTION, None, question.id) for question in self.rulebook.system_questions)
        index = 0
        while True:
            yield Step(Asks.ARCHETYPE, index)
            yield Step(Asks.COMPONENT_NAME, index)
            yield from (Step(Asks.QUESTION, index, question.id) for question in self.rulebook.component_questions)
            yield Step(Asks.MORE, index)
            if known.get(Step(Asks.MORE, index)) != "yes":
                return
            index += 1

    def _component(self, index: int, known: dict[Step, Value]) -> Component:
        archetype = str(known[Step(Asks.ARCHETYPE, index)])
        name = str(known.get(Step(Asks.COMPONENT_NAME, index)) or self._usual_name(index))
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
        return Component(name, None if archetype == NO_ARCHETYPE else archetype, answers)

    def _usual_name(self, index: int) -> str:
        """A name nobody has taken yet: the archetype's, numbered if need be."""
        known = dict(self.replies)
        archetype = str(known.get(Step(Asks.ARCHETYPE, index), NO_ARCHETYPE))
        stem = "component" if archetype == NO_ARCHETYPE else archetype
        taken = self._names(known)
        names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)

    @staticmethod
    def _names(known: dict[Step, Value]) -> set[str]:
        return {str(value) for step, value in known.items() if step.asks is Asks.COMPONENT_NAME}

    def _value(self, step: Step, reply: str) -> Value:
        """What a reply means to a step, or an error."""
        if step.asks is Asks.QUESTION:
            return value_of(reply, self._question(step))
        prompt = self._prompt(step)
        said = reply.strip() or prompt.default or ""
        choices = [option.id for option in prompt.choices]
        if choices and said not in choices:
            raise AnswersError([Fault(None, f'"{said}" is no answer here.', f"Known: {', '.join(choices)}.")])
        if step.asks is Asks.COMPONENT_NAME and said in self._names(dict(self.replies)):
            raise AnswersError([Fault(None, f'there is a component "{said}" already.', "Give another name.")])
        return said

    def _question(self, step: Step) -> Question:
        return self.rulebook.questions[str(step.question)]

    def _prompt(self, step: Step) -> Prompt:
        steps = list(self._steps())
        prompt = Prompt("", "", self._about(step), (), None, "", "", False, steps.index(step) + 1, len(steps))
        match step.asks:
            case Asks.NAME:
                title, why = "What is the system called?", "It heads the report and the answer file."
                return replace(prompt, title=title, why=why, default="my system")
            case Asks.ARCHETYPE:
                return self._archetype_prompt(step, prompt)
            case Asks.COMPONENT_NAME:
                title, why = "What do you call this part?", "It tells the parts of a system apart."
                return replace(prompt, title=title, why=why, default=self._usual_name(int(step.component or 0)))
            case Asks.MORE:
                title, why = "Has the system another part?", "Parts often need different mechanisms."
                return replace(prompt, title=title, why=why, choices=YES_NO, default="no")
            case Asks.QUESTION:
                return self._question_prompt(step, prompt)

    def _archetype_prompt(self, step: Step, prompt: Prompt) -> Prompt:
        kinds = [Option(each.id, each.label, each.help) for each in self.rulebook.archetypes.values()]
        title = "Which of these is it most like?" if step.component else "Which is its main part most like?"
        return replace(
            prompt,
            title=title,
            why="It suggests the usual answers; you can change every one of them.",
            choices=(*kinds, Option(NO_ARCHETYPE, "None of these", "then nothing is suggested")),
        )

    def _question_prompt(self, step: Step, prompt: Prompt) -> Prompt:
        question = self._question(step)
        archetype = self.rulebook.archetypes.get(str(dict(self.replies).get(Step(Asks.ARCHETYPE, step.component))))
        supplied = archetype.answers.get(question.id) if archetype else None
        return replace(
            prompt,
            title=question.label,
            why=question.why,
            choices=question.options,
            default=supplied or UNKNOWN,
            default_from=archetype.label if archetype and supplied else "",
            unit=question.unit,
            may_be_unknown=True,
        )

    def _about(self, step: Step) -> str:
        known = dict(self.replies)
        name = known.get(Step(Asks.COMPONENT_NAME, step.component)) if step.component is not None else None
        return str(name or known.get(Step(Asks.NAME), ""))
