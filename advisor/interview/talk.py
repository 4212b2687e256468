"""The interview as data: which step comes next, what a reply means, and how to go back.

It neither prints nor reads. A face shows `prompt` and hands the reply to `answered`, or calls `back`, `review` or
`revisit`. Only questions that can still change the answer are asked; the others may be, and are asked on request.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from advisor.answers import value_of
from advisor.errors import AnswersError, Fault, did_you_mean
from advisor.interview import wording
from advisor.interview.outlook import Outlook, outlooks
from advisor.interview.record import Record
from advisor.interview.steps import Asks, Prompt, Step, in_order
from advisor.interview.still_open import StillOpen
from advisor.model import AnswerFile, Rulebook, Value

GO_ON, SHOW, YES = wording.GO_ON, wording.SHOW, "yes"


@dataclass(frozen=True, slots=True)
class Interview:
    """Where an interview stands. Each answer makes a new one; nothing is changed in place.

    Attributes:
        record: what was answered.
        asking: a step that somebody jumped to; None for the next one in order.
        reviewing: the review was asked for before its time.
        finished: the recommendation was asked for.
        undone: the reply that was just taken back; it is offered again.
    """

    rulebook: Rulebook
    record: Record
    asking: Step | None = None
    reviewing: bool = False
    finished: bool = False
    undone: tuple[Step, Value] | None = field(default=None, compare=False)
    _open: StillOpen = field(compare=False, repr=False, kw_only=True)

    @classmethod
    def begun(cls, rulebook: Rulebook, file: AnswerFile | None = None) -> "Interview":
        """A new interview, or one that knows what a file says and asks only for the rest."""
        record = Record.resumed(rulebook, file) if file else Record(rulebook)
        return cls(rulebook, record, _open=StillOpen(rulebook, file.priorities if file else {}))

    @property
    def step(self) -> Step | None:
        """The next thing to ask; None when the recommendation is due."""
        if self.finished:
            return None
        review = Step(Asks.REVIEW)
        return self.asking or (review if self.reviewing else self._next() or review)

    @property
    def prompt(self) -> Prompt | None:
        """How to ask the next step; None when the recommendation is due."""
        step = self.step
        return None if step is None else self.prompt_of(step)

    def prompt_of(self, step: Step) -> Prompt:
        """How to ask any step."""
        match step.asks:
            case Asks.SETTLED:
                prompt = wording.settled(self.record, step, self.outlook())
            case Asks.REVIEW:
                prompt = wording.review(self.record, self.answerable(), self.all_ahead())
            case _:
                prompt = wording.asking(self.record, step)
        left = sum(each != step for each in self.ahead(max(0, self.record.parts - 1)))
        if self.undone and self.undone[0] == step:
            prompt = wording.again(prompt, self.undone[1])
        number = 0 if step.asks is Asks.REVIEW else len(self.record.replies) + 1
        return replace(prompt, number=number, left=left)

    def answered(self, reply: str) -> "Interview":
        """The interview after a reply: an option id, a number, a name, or `unknown`.

        Raises:
            AnswersError: the step does not allow this reply; says what it allows.
        """
        step = self.step
        if step is None:
            raise AnswersError([Fault(None, "the interview is over; there is nothing left to answer.")])
        if step.asks is Asks.REVIEW:
            return self._reviewed(self._picked(step, reply))
        value = self._value(step, reply)
        return replace(self, record=self.record.with_reply(step, value), asking=None, undone=None)

    def with_reply(self, step: Step, reply: str) -> "Interview":
        """The interview after a reply to any step; what comes next stays as it was. See `answered`."""
        return replace(self, record=self.record.with_reply(step, self._value(step, reply)))

    def cleared(self, step: Step) -> "Interview":
        """The interview without a reply to a step; what comes next stays as it was."""
        return replace(self, record=self.record.without(step))

    def back(self) -> "Interview":
        """The interview before the last reply, or before a jump; the same one at the very start."""
        if self.asking:
            return replace(self, asking=None)
        if self.reviewing:
            return replace(self, reviewing=False)
        return replace(self, record=self.record.without_last(), undone=next(iter(self.record.replies[-1:]), None))

    def review(self) -> "Interview":
        """The interview at the list of all answers."""
        return replace(self, reviewing=True, asking=None)

    def revisit(self, step: Step) -> "Interview":
        """The interview at a step that was answered before, or skipped."""
        return replace(self, asking=step)

    def outlook(self, reply: str | None = None) -> tuple[Outlook, ...]:
        """Where each part leans now; with `reply`, where it would lean after it (as it is, if that is no answer)."""
        record = self.record
        step = self.step
        if reply is not None and step is not None and step.asks in {Asks.ARCHETYPE, Asks.QUESTION}:
            try:
                record = record.with_reply(step, self._value(step, reply))
            except AnswersError:  # half a number, while it is typed
                return self.outlook()
        return outlooks(self.rulebook, record.answer_file())

    def answer_file(self) -> AnswerFile:
        """What was answered so far."""
        return self.record.answer_file()

    def answerable(self) -> Iterator[Step]:
        """Every step that has an answer or could have one, the system's first."""
        yield Step(Asks.NAME)
        yield from (Step(Asks.QUESTION, None, each.id) for each in self.rulebook.system_questions)
        for index in range(self.record.parts):
            yield from (Step(Asks.ARCHETYPE, index), Step(Asks.COMPONENT_NAME, index))
            yield from (Step(Asks.QUESTION, index, each.id) for each in self.rulebook.component_questions)
            yield Step(Asks.MORE, index)

    def ahead(self, index: int) -> Iterator[Step]:
        """The unanswered questions that can still change the answer for a part, in the order they are asked."""
        if index >= self.record.parts:
            yield from (self._asking(question.id, index) for question in in_order(self.rulebook))
            return
        still = self._open.questions(self.record.said(index))
        yield from (self._asking(each.id, index) for each in in_order(self.rulebook) if each.id in still)

    def all_ahead(self) -> Iterator[Step]:
        """Everything that is still to be asked, as far as it is known by now."""
        following = self._next()
        yield from ([following] if following else [])
        for index in range(self.record.parts):
            yield from self.ahead(index)

    def _asking(self, question: str, index: int) -> Step:
        return Step(Asks.QUESTION, None if self.rulebook.questions[question].of_system else index, question)

    def _next(self) -> Step | None:
        """The first step in order that is not answered; None when all is said."""
        if Step(Asks.NAME) not in self.record:
            return Step(Asks.NAME)
        index = 0
        while True:
            found = self._next_of(index)
            if found or self.record.get(Step(Asks.MORE, index)) != YES:
                return found
            index += 1

    def _next_of(self, index: int) -> Step | None:
        kind, name = Step(Asks.ARCHETYPE, index), Step(Asks.COMPONENT_NAME, index)
        if kind not in self.record:
            return kind
        if name not in self.record and self.record.needs_name(index):
            return name
        more = Step(Asks.MORE, index)
        return next(self.ahead(index), None) or self._rest(index) or (None if more in self.record else more)

    def _rest(self, index: int) -> Step | None:
        """What remains when nothing can change the answer any more: say so, and ask on only if that is wanted."""
        said = self.record.said(index)
        unasked = [self._asking(each.id, index) for each in in_order(self.rulebook) if each.id not in said]
        settled = Step(Asks.SETTLED, index)
        if not unasked:
            return None
        if settled not in self.record:
            return settled
        return unasked[0] if self.record.get(settled) == GO_ON else None

    def _reviewed(self, picked: str) -> "Interview":
        if picked == SHOW:
            return replace(self, finished=True)
        if picked == GO_ON:
            return replace(self, reviewing=False)
        step = next(step for step in self.answerable() if step.key == picked)
        return replace(self, asking=step, reviewing=True)

    def _value(self, step: Step, reply: str) -> Value:
        """What a reply means to a step, or an error."""
        if step.asks is Asks.QUESTION:
            return value_of(reply, self.rulebook.questions[str(step.question)])
        said = self._picked(step, reply)
        if step.asks is Asks.COMPONENT_NAME and said in self.record.names(but=step.component):
            raise AnswersError([Fault(None, f'there is a component "{said}" already.', "Give another name.")])
        return said

    def _picked(self, step: Step, reply: str) -> str:
        prompt = self.prompt_of(step)
        said = reply.strip() or prompt.default or ""
        known = [choice.id for choice in prompt.choices]
        if known and said not in known:
            raise AnswersError([Fault(None, f'"{said}" is no answer here.', did_you_mean(said, known))])
        return said
