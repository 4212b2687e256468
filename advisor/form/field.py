"""One question of the form: a control, why we ask, and what is wrong with the answer."""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from advisor.interview import Asks, Interview, Prompt, Step
from advisor.model import UNKNOWN

WIDE = widgets.Layout(width="100%")
Said = Callable[[Step, str], str]
"""Takes a reply to a step (empty: none any more); returns what is wrong with it, or nothing."""


class Field:
    """A control for one step. It tells what was said, and shows what the interview then knows.

    Attributes:
        box: what to display.
    """

    def __init__(self, step: Step, interview: Interview, said: Said) -> None:
        self.step = step
        self._said = said
        self._quiet = False
        self._wrong = ""
        prompt = interview.prompt_of(step)
        self.control: Any = (
            widgets.Dropdown(description=prompt.title, layout=WIDE)
            if prompt.choices
            else widgets.Text(description=prompt.title, layout=WIDE, continuous_update=False)
        )
        self._note, self._error = widgets.HTML(), widgets.HTML()
        self.control.observe(self._changed, "value")
        self.box = widgets.VBox([self.control, self._note, self._error])
        self.box.add_class("statewise-field")
        self.refresh(interview, needed=True)

    @property
    def wrong(self) -> str:
        """What is wrong with the answer that stands there; empty when nothing is."""
        return self._wrong

    @property
    def note(self) -> str:
        """What is said below the control, as HTML."""
        return str(self._note.value)

    def refresh(self, interview: Interview, *, needed: bool) -> None:
        """Show what the interview knows; not `needed`: no answer here can change the recommendation."""
        prompt = interview.prompt_of(self.step)
        now = interview.record.get(self.step)
        self._quiet = True  # what follows is shown, not said by a person
        try:
            if prompt.choices:
                self.control.options = _options(prompt, usual_first=self.step.asks is Asks.QUESTION)
                self.control.value = "" if now is None and self.step.asks is Asks.QUESTION else str(now or "none")
            else:
                self.control.placeholder = _placeholder(prompt)
                if not self._wrong:  # what is wrong stays to be mended
                    self.control.value = "" if now in {None, UNKNOWN} else f"{now:,.15g}" if prompt.unit else str(now)
        finally:
            self._quiet = False
        rest = "" if needed else " <em>No need to know: it cannot change the recommendation.</em>"
        self._note.value = f"<small>{escape(prompt.why)}{rest}</small>"

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._quiet:
            self._wrong = ""  # what is shown meanwhile is what was said
            self._wrong = self._said(self.step, change["new"])
            self._error.value = f'<p role="alert">{escape(self._wrong)}</p>' if self._wrong else ""


def _options(prompt: Prompt, *, usual_first: bool) -> list[tuple[str, str]]:
    """What can be picked, as (shown, reply); an empty reply takes what is usual."""
    options = [
        (f"{choice.label} ({choice.help})" if choice.help else choice.label, choice.id) for choice in prompt.choices
    ]
    if not usual_first:
        return options
    labels = {choice.id: choice.label for choice in prompt.choices}
    usual = prompt.usual if prompt.usual in labels else None
    first = f"Usual for {prompt.usual_for}: {labels[usual]}" if usual else "Not answered"
    return [(first, ""), *options, ("Don't know", UNKNOWN)]


def _placeholder(prompt: Prompt) -> str:
    return f"{prompt.unit}, if known" if prompt.unit else str(prompt.default or "")
