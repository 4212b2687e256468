"""What the interview needs of a face."""

from typing import Protocol

from advisor.errors import AnswersError
from advisor.interview import Prompt


class Face(Protocol):
    """Shows a prompt and takes a reply."""

    def ask(self, prompt: Prompt) -> str | None:
        """The reply as an option id, a number, a name or `unknown`; None means back."""

    def complain(self, error: AnswersError) -> None:
        """Say why a reply was refused; the same prompt comes again."""


def heading(prompt: Prompt) -> str:
    """Where the interview stands and what it is about."""
    about = f"{prompt.about}, " if prompt.about else ""
    return f"{about}{prompt.number} of {prompt.total}"
