"""Faces of the interview: a full terminal, or numbered lines for pipes and screen readers."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

from advisor.errors import AnswersError
from advisor.interview import Interview
from advisor.model import AnswerFile
from advisor.prompts.face import Face
from advisor.prompts.lines import Lines


def face_for(*, plain: bool, stdin: TextIO | None = None, stdout: TextIO | None = None) -> Face:
    """The terminal face where both ends are a terminal that can move its cursor, else lines."""
    stdin, stdout = stdin or sys.stdin, stdout or sys.stdout
    able = stdin.isatty() and stdout.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}
    if plain or not able:
        return Lines(stdin, stdout, echo=not stdin.isatty())
    from advisor.prompts.terminal import Terminal  # noqa: PLC0415  # 90 ms that pipes need not pay

    return Terminal()


def hold(interview: Interview, face: Face, save: Callable[[AnswerFile], None]) -> AnswerFile:
    """Ask until all is answered; `save` gets what is known after every reply.

    Raises:
        OutOfInputError: the input ended first.
        KeyboardInterrupt: the person did.
    """
    while (prompt := interview.prompt) is not None:
        reply = face.ask(prompt)
        if reply is None:
            interview = interview.back()
            continue
        try:
            interview = interview.answered(reply)
        except AnswersError as error:
            face.complain(error)
            continue
        save(interview.answer_file())
    return interview.answer_file()
