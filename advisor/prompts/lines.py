"""Numbered lines: for pipes, screen readers and terminals that cannot move their cursor."""

from typing import TextIO

from advisor.errors import AnswersError, Fault, OutOfInputError
from advisor.interview import Choice, Interview, Prompt
from advisor.model import UNKNOWN
from advisor.prompts.face import Turn, heading
from advisor.prompts.leaning import leaning, turning

BACK, WHY, DONT_KNOW, REVIEW = "<", "?", "d", "r"


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
        self._told: list[str] = []

    def ask(self, interview: Interview, prompt: Prompt) -> str | Turn:
        """The reply as an option id, a number, a name or `unknown`, or where to turn instead.

        Raises:
            OutOfInputError: the input ended.
        """
        self._introduce()
        self._tell(leaning(interview.outlook()))
        self._show(prompt)
        while (typed := self._read()) == WHY:
            self._explain(interview, prompt)
        if typed == BACK:
            return Turn.BACK
        # A name may be any word, these two letters too.
        if typed == REVIEW and (prompt.choices or prompt.unit):
            return Turn.REVIEW
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

    def _introduce(self) -> None:
        if not self._helped:
            keys = f"{WHY} why we ask, {DONT_KNOW} don't know, {BACK} back, {REVIEW} review, Enter takes [the usual]"
            self._say(f"Keys: {keys}.")
            self._helped = True

    def _tell(self, sentences: list[str]) -> None:
        """Say where it leans, if that is news."""
        for sentence in sentences:
            if sentence not in self._told:
                self._say(f"  {sentence}")
        self._told = sentences

    def _show(self, prompt: Prompt) -> None:
        self._say(f"\n({heading(prompt)}) {prompt.title}")
        group = ""
        for number, choice in enumerate(prompt.choices, start=1):
            if choice.group != group:
                group = choice.group
                self._say(f" {group}:")
            self._say(f"  {number}. {_shown(choice)}")
        offered = ", ".join(each for each in (prompt.unit, _usual(prompt)) if each)
        self._stdout.write(f"[{offered}] > " if offered else "> ")
        self._stdout.flush()

    def _explain(self, interview: Interview, prompt: Prompt) -> None:
        """Why we ask, and what each answer would do."""
        self._say(f"  {prompt.why}")
        if not prompt.may_be_unknown:
            return
        now = interview.outlook()
        ways = [(each.id, each.label) for each in prompt.choices]
        ways += [(f"{band.low:.15g}", band.label) for band in prompt.bands]
        for reply, label in ways:
            for sentence in turning(now, interview.outlook(reply)):
                self._say(f"  {label}. {sentence}")

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


def _shown(choice: Choice) -> str:
    if choice.now:
        return f"{choice.label}: {choice.now} ({choice.help})"
    return f"{choice.label}: {choice.help}" if choice.help else choice.label


def _usual(prompt: Prompt) -> str:
    """What Enter takes: the number of a choice, a number or a name."""
    if prompt.default == UNKNOWN:
        usual = "don't know"
    else:
        places = (str(n) for n, choice in enumerate(prompt.choices, 1) if choice.id == prompt.default)
        usual = next(places, prompt.default or "")
    return f"{usual}, {prompt.default_from}" if usual and prompt.default_from else usual
