"""What the interview needs of a face."""

from enum import Enum
from typing import Protocol

from advisor.errors import AnswersError
from advisor.interview import Interview, Prompt


class Turn(Enum):
    """A way to leave a prompt without answering it."""

    BACK = "back"
    REVIEW = "review"


class Face(Protocol):
    """Shows what an interview asks, and takes a reply."""

    def ask(self, interview: Interview, prompt: Prompt) -> str | Turn:
        """The reply as an option id, a number, a name or `unknown`, or where to turn instead."""

    def complain(self, error: AnswersError) -> None:
        """Say why a reply was refused; the same prompt comes again."""


def heading(prompt: Prompt) -> str:
    """What a prompt is about and how far the interview is."""
    most = f" of at most {prompt.number + prompt.left}" if prompt.left else ""
    count = f"question {prompt.number}{most}" if prompt.number else ""
    return " · ".join(part for part in (prompt.about, count) if part)
