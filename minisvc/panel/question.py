"""A question in a notebook: choose, lock in, read the reply. It can be asked and answered by code too."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import traitlets as t

from minisvc.panel.content import Choice, Question
from minisvc.panel.shown import Shown

HERE = Path(__file__).parent


class Asked(Shown):
    """A question on the page. `answer` is the locked choice, None until there is one."""

    _esm = HERE / "question.js"
    _css = HERE / "question.css"

    asks = t.Unicode().tag(sync=True)
    choices: t.List[list[str]] = t.List().tag(sync=True)
    button = t.Unicode().tag(sync=True)
    locked = t.Unicode().tag(sync=True)
    reply = t.Unicode().tag(sync=True)

    def __init__(self, question: Question, *, judged: bool) -> None:
        self._question, self._judged = question, judged
        super().__init__(
            asks=question.asks,
            choices=[[each.value, each.words] for each in question.choices],
            button="Check" if judged else "Lock in my guess",
        )
        self.on_msg(self._hear)

    @property
    def answer(self) -> Choice | None:
        """The choice that was locked in."""
        return self._question.choice(self.locked)

    @property
    def right(self) -> bool:
        """Whether the locked choice holds; False while there is none."""
        return self.locked == self._question.right

    def lock(self, value: str) -> None:
        """Lock the choice `value` in. A guess stays once it is locked; a check may be tried again.

        Raises:
            ValueError: the question has no such choice.
        """
        chosen = self._question.choice(value)
        if chosen is None:
            known = ", ".join(each.value for each in self._question.choices)
            raise ValueError(f"no choice {value!r}; this question has: {known}")
        if self.locked and not self._judged:
            return
        self.locked = value
        self.reply = chosen.reply if self._judged else "Locked in. Now see what happens."
        self.refresh_still()

    def still_html(self) -> str:
        """The question, and the answer where there is one, as plain HTML."""
        answer = self.answer
        chosen = "Not answered yet." if answer is None else f"Your answer: {answer.words}. {self.reply}"
        return f"<p><b>{escape(self.asks)}</b><br>{escape(chosen)}</p>"

    def still_text(self) -> str:
        """The question and its choices in words."""
        return "\n".join([self.asks, *(f"- {words}" for _, words in self.choices)])

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        value = content.get("lock")
        if isinstance(value, str) and self._question.choice(value):
            self.lock(value)
