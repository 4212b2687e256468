"""What a lesson is made of besides its notebook: questions, checks and hints, each under an id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from minisvc.panel.content import Question


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was checked: what was asked for, whether it holds, and why not ("" where it does)."""

    asks: str
    holds: bool
    reason: str = ""


Examine = Callable[[Any], Iterable[Row]]
"""Tries what a learner hands in, and gives every row, in the order in which they are explained."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a learner is asked to change.

    Attributes:
        asks: the task in one sentence.
        examine: tries the change. What it raises is the learner's own fault, and shown as such.
        hints: three, each going further than the one before.
    """

    asks: str
    examine: Examine
    hints: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.

    Attributes:
        number: "00" to "99", with which its notebook's name begins.
        name: the rest of that name, such as "two-services".
        outcome: what one can do afterwards, in a sentence that begins with a verb.
        minutes: how long it takes a person, about.
        needs: the numbers of the lessons that come before.
        predicts: its questions before the experiment, by id.
        recalls: its questions afterwards, by id.
        checks: what is to be changed, by id.
    """

    number: str
    name: str
    title: str
    outcome: str
    minutes: int
    needs: tuple[str, ...] = ()
    predicts: Mapping[str, Question] = field(default_factory=dict)
    recalls: Mapping[str, Question] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)

    @property
    def notebook(self) -> str:
        """The name of its notebook."""
        return f"{self.number}-{self.name}.ipynb"

    @property
    def steps(self) -> tuple[str, ...]:
        """The ids of all that a learner does in it: what progress counts."""
        return (*self.predicts, *self.checks, *self.recalls)
