"""Faces of the interview: a full terminal, or numbered lines for pipes and screen readers."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

from advisor.errors import AnswersError
from advisor.interview import Interview
from advisor.model import AnswerFile
from advisor.prompts.face import Face, Turn
from advisor.prompts.lines import Lines


def face_for(*, plain: bool, stdin: TextIO | None = None, stdout: TextIO | None = None) -> Face:
    """The terminal face where both ends are a terminal that can move its cursor, else lines."""
    stdin, stdout = stdin or sys.stdin, stdout or sys.stdout
    able = stdin.isatty() and stdout.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}
    if plain or not able:
        return Lines(stdin, stdout, echo=not stdin.isatty())
    from advisor.prompts.terminal import Terminal  # noqa: PLC0415  # 130 ms that pipes need not pay

    return Terminal()


def hold(interview: Interview, face: Face, save: Callable[[AnswerFile], None]) -> AnswerFile:
    """Ask until the recommendation is due; `save` gets what is known after every change.

    Raises:
        OutOfInputError: the input ended first.
        KeyboardInterrupt: the person did.
    """
    while (prompt := interview.prompt) is not None:
        before = interview.record
        try:
            interview = _turned(interview, face.ask(interview, prompt))
        except AnswersError as error:
            face.complain(error)
        if interview.record != before and interview.record.replies:
            save(interview.answer_file())
    return interview.answer_file()


def _turned(interview: Interview, reply: str | Turn) -> Interview:
    if reply is Turn.BACK:
        return interview.back()
    if reply is Turn.REVIEW:
        return interview.review()
    return interview.answered(str(reply))
