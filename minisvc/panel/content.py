"""What a question is; the lessons' own are in `minisvc.course`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: its `value` for code, its `words`, and what to `reply` once it is chosen."""

    value: str
    words: str
    reply: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; `right` is the value of the one that holds."""

    asks: str
    right: str
    choices: tuple[Choice, ...]

    def choice(self, value: str) -> Choice | None:
        """The choice with that value, None if there is none."""
        return next((each for each in self.choices if each.value == value), None)
