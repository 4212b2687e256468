"""The form: all questions at once, the recommendation beside them, and what would change it."""

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from advisor.answers import load_answers, save_answers
from advisor.engine import advise
from advisor.errors import AdvisorError
from advisor.form.advice import STYLE, told
from advisor.form.field import Field
from advisor.interview import Asks, Interview, Step
from advisor.model import Advice, AnswerFile, Flip
from advisor.report import words
from advisor.rules import load_rules

FLIPS_SHOWN = 5
NO_KIND = "none"


def form(answers: str | Path | None = None, *, rules: str | Path | None = None) -> "Form":
    """Show the interview as a form.

    Args:
        answers: a file to go on with, if it exists, and to keep the answers in; None keeps them in the form.
        rules: other rules than the advisor's own.

    Raises:
        AdvisorError: the rules or the answers have faults.
    """
    rulebook = load_rules(Path(rules) if rules else None)
    path = Path(answers) if answers else None
    known = load_answers(path, rulebook, unfinished=True) if path and path.exists() else None
    return Form(Interview.begun(rulebook, known), path)


class Form:
    """The interview as widgets. Each answer redraws the recommendation; what is wrong is said beside its question.

    Attributes:
        interview: where it stands.
        box: the widgets.
        undo, more, fewer: buttons: take back the last change, add a part, remove the last one.
    """

    def __init__(self, interview: Interview, path: Path | None = None) -> None:
        kind = Step(Asks.ARCHETYPE, 0)
        self.interview = interview if kind in interview.record else interview.with_reply(kind, NO_KIND)
        self._path = path
        self._taken_back: list[Interview] = []
        self._before: Advice | None = None
        self._fields: dict[Step, Field] = {}
        self._questions = widgets.VBox()
        self._told, self._saved = widgets.HTML(), widgets.HTML()
        self._flips = widgets.VBox()
        self.undo = _button("Take back the last change", self._take_back)
        self.more = _button("Add a part", self._add_part)
        self.fewer = _button("Remove the last part", self._remove_part)
        advice = widgets.VBox([self._told, self._flips, self.undo, self._saved])
        advice.add_class("statewise-advice")
        columns = widgets.Box([self._questions, advice])
        columns.add_class("statewise-columns")
        self.box = widgets.VBox([widgets.HTML(STYLE), columns])
        self.box.add_class("statewise-form")
        self._draw()

    @property
    def answers(self) -> AnswerFile:
        """What was answered so far."""
        return self.interview.answer_file()

    @property
    def advice(self) -> Advice:
        """The advice on these answers."""
        return advise(self.interview.rulebook, self.answers)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions as shown, from top to bottom."""
        return tuple(self._fields.values())

    def field(self, step: Step) -> Field:
        """The question that a step asks."""
        return self._fields[step]

    @property
    def told(self) -> str:
        """The recommendation as shown, as HTML."""
        return str(self._told.value)

    @property
    def saved(self) -> str:
        """Where the answers are kept, or why they cannot be, as HTML; empty when no file was named."""
        return str(self._saved.value)

    @property
    def whatifs(self) -> tuple[Any, ...]:
        """The buttons that try a change."""
        return tuple(each for each in self._flips.children if isinstance(each, widgets.Button))

    def say(self, step: Step, reply: str) -> str:
        """Answer a step; an empty reply takes the answer away. Returns what is wrong with it, or nothing."""
        try:
            changed = self.interview.with_reply(step, reply) if reply.strip() else self.interview.cleared(step)
        except AdvisorError as error:
            return str(error)
        self._become(changed)
        return ""

    def _ipython_display_(self) -> None:
        display(self.box)  # type: ignore[no-untyped-call]

    def _become(self, changed: Interview) -> None:
        self._taken_back.append(self.interview)
        self._before, self.interview = self.advice, changed
        self._keep()
        self._draw()

    def _keep(self) -> None:
        """Save the answers, if there is a file for them."""
        if self._path is None:
            return
        try:
            save_answers(self._path, self.answers)
            self._saved.value = f"<small>Kept in {escape(str(self._path))}.</small>"
        except AdvisorError as error:
            self._saved.value = f'<p role="alert">{escape(str(error))}</p>'

    # What is shown.

    def _draw(self) -> None:
        self._advise()  # first, for what can still matter takes longer to find out
        steps = [step for step in self.interview.answerable() if step.asks is not Asks.MORE]
        if steps != list(self._fields):
            self._fields = {step: self._fields.get(step) or Field(step, self.interview, self.say) for step in steps}
            self._questions.children = [*self._grouped(steps), widgets.HBox([self.more, self.fewer])]
        needed = set(self.interview.all_ahead())
        for step, field in self._fields.items():
            asked = step.asks is not Asks.QUESTION or step in self.interview.record or step in needed
            field.refresh(self.interview, needed=asked)

    def _advise(self) -> None:
        advice = self.advice
        self._told.value = told(advice, self._before, self.interview.rulebook)
        self._flips.children = self._whatifs(advice)
        self.undo.disabled = not self._taken_back
        self.fewer.disabled = self.interview.record.parts < 2

    def _grouped(self, steps: list[Step]) -> list[Any]:
        shown: list[Any] = []
        part: int | None = -1
        for step in steps:
            if step.component != part:
                part = step.component
                title = "The system" if part is None else f"Part {part + 1}"
                shown.append(widgets.HTML(f"<h3>{title}</h3>"))
            shown.append(self._fields[step].box)
        return shown

    def _whatifs(self, advice: Advice) -> list[Any]:
        """The cheapest changes that would give another mechanism, each to try with one key."""
        shown: list[Any] = []
        for part, component in enumerate(advice.components):
            if component.flips:
                shown.append(widgets.HTML("<h4>What would change it</h4>"))
            shown += [self._whatif(part, flip) for flip in component.flips[:FLIPS_SHOWN]]
        return shown

    def _whatif(self, part: int, flip: Flip) -> Any:
        question = self.interview.rulebook.questions[flip.question]
        step = Step(Asks.QUESTION, None if question.of_system else part, flip.question)
        label = f"{words.change(flip)} gives {self.interview.rulebook.mechanisms[flip.mechanism].label}"
        reply = flip.after if isinstance(flip.after, str) else f"{flip.after:.15g}"
        return _button(label, lambda: self.say(step, reply), f"Try it: {question.label}")

    # What the buttons do.

    def _take_back(self) -> None:
        if self._taken_back:
            self._before, self.interview = self.advice, self._taken_back.pop()
            self._keep()
            self._draw()

    def _add_part(self) -> None:
        last = self.interview.record.parts - 1
        more = self.interview.with_reply(Step(Asks.MORE, last), "yes")
        self._become(more.with_reply(Step(Asks.ARCHETYPE, last + 1), NO_KIND))

    def _remove_part(self) -> None:
        self._become(self.interview.with_reply(Step(Asks.MORE, self.interview.record.parts - 2), "no"))


def _button(label: str, act: Any, tooltip: str = "") -> Any:
    button = widgets.Button(description=label, tooltip=tooltip or label, layout=widgets.Layout(width="auto"))
    button.on_click(lambda _: act())
    return button
