"""Numbered lines: for pipes, screen readers and terminals that cannot move their cursor."""

from typing import TextIO

from advisor.errors import AnswersError, Fault, OutOfInputError
from advisor.interview import Prompt
from advisor.model import UNKNOWN
from advisor.prompts.face import heading

BACK, WHY, DONT_KNOW = "<", "?", "d"


class Lines:
    """Prints a question with numbered choices and reads one line.

    Args:
        stdin, stdout: where to read and write.
        echo: repeat each line that was read, so that the output of a piped run can be followed.
    """

    def __init__(self, stdin: TextIO, stdout: TextIO, *, echo: bool = False) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._echo = echo
        self._helped = False

    def ask(self, prompt: Prompt) -> str | None:
        """The reply as an option id, a number, a name or `unknown`; None means back.

        Raises:
            OutOfInputError: the input ended.
        """
        if not self._helped:
            self._say(f"Keys: {WHY} why we ask, {DONT_KNOW} don't know, {BACK} back, Enter takes [the usual].")
            self._helped = True
        self._show(prompt)
        while (typed := self._read()) == WHY:
            self._say(f"  {prompt.why}")
        if typed == BACK:
            return None
        if typed == DONT_KNOW and prompt.may_be_unknown:
            return UNKNOWN
        if not typed:
            return prompt.default or ""
        if prompt.choices and typed.isdecimal() and 1 <= int(typed) <= len(prompt.choices):
            return prompt.choices[int(typed) - 1].id
        return typed

    def complain(self, error: AnswersError) -> None:
        """Say why a reply was refused."""
        self._say(f"  {error}")

    def _show(self, prompt: Prompt) -> None:
        self._say(f"\n({heading(prompt)}) {prompt.title}")
        for number, option in enumerate(prompt.choices, start=1):
            self._say(f"  {number}. {option.label}: {option.help}")
        usual = next((f"{n}" for n, option in enumerate(prompt.choices, 1) if option.id == prompt.default), None)
        if usual and prompt.default_from:
            usual += f", usual for {prompt.default_from}"
        unit = f"{prompt.unit}, " if prompt.unit else ""
        shown = usual or ("don't know" if prompt.default == UNKNOWN else prompt.default)
        offered = unit + (shown or "")
        self._stdout.write(f"[{offered}] > " if offered else "> ")
        self._stdout.flush()

    def _read(self) -> str:
        line = self._stdin.readline()
        if not line:
            self._say("")
            raise OutOfInputError([Fault(None, "the input ended before the last question was answered.")])
        if self._echo:
            self._say(line.rstrip("\r\n"))
        return line.strip()

    def _say(self, text: str) -> None:
        self._stdout.write(f"{text}\n")
        self._stdout.flush()
