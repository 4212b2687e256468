"""What can go wrong in the advisor, said so that a person can mend it.

A file with several faults reports all of them at once: an error carries a tuple of `Fault`.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """Where in a file: line and column count from 1; None when the fault is the file itself."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


class Fault(NamedTuple):
    """One thing wrong: where (None when no file is concerned), what, and what to do about it."""

    place: Place | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        told = f"{head}\n  {self.hint}" if self.hint else head
        # Messages quote what files say, and a terminal would obey an escape sequence in it.
        return "".join(
            letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in told
        )


class AdvisorError(Exception):
    """The root of all errors that the advisor raises on purpose.

    Attributes:
        faults: every fault found, in the order of the file; never empty.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class UsageError(AdvisorError):
    """A command line that cannot be followed."""


class FileError(AdvisorError):
    """A file that cannot be read at all: missing, a directory, binary, empty, not YAML."""


class RulesError(AdvisorError):
    """A rules file that breaks the rule scheme."""


class AnswersError(AdvisorError):
    """An answer file, or a single answer, that the questions do not allow."""


class OutOfInputError(AdvisorError):
    """The input ended before the interview did; what was answered is kept."""


class Cancelled(KeyboardInterrupt):
    """Ctrl-C where there is something to go on with.

    Attributes:
        way_on: a sentence that names the command which goes on.
    """

    def __init__(self, way_on: str) -> None:
        self.way_on = way_on
        super().__init__(way_on)


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest known one, if any is near, and all known ones."""
    from difflib import get_close_matches  # noqa: PLC0415  # only faults pay for this import

    names = sorted(known)
    close = get_close_matches(value, names, n=1)
    guess = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{guess}Known: {', '.join(names)}."
