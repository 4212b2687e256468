"""Why the lab cannot open, in words for the person who typed the command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from minisvc.errors import MinisvcError, did_you_mean


class LabError(MinisvcError):
    """The lab cannot open."""


class NoNotebooks(LabError):
    """A place without notebooks was named."""

    def __init__(self, place: Path, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"Cannot open notebooks at {place}: {reason}.\n"
            "  Name a directory that holds notebooks (*.ipynb), or none to get a copy of the lessons."
        )


class LessonMissing(LabError):
    """There is no lesson of that number."""

    def __init__(self, number: str, known: Sequence[str]) -> None:
        self.number, self.known = number, tuple(known)
        super().__init__(f'There is no lesson "{number}".{did_you_mean(number, known)}\n  See them: minisvc lab --list')


class NotWritable(LabError):
    """The copy of the lessons cannot be made here."""

    def __init__(self, place: Path, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"Cannot keep a copy of the notebooks in {place}: {reason}.\n"
            "  Run the command in a directory that you may write to."
        )


class LabMissing(LabError):
    """JupyterLab is not installed."""

    def __init__(self) -> None:
        super().__init__('JupyterLab is not installed in this Python.\n  Install it: pip install "statewise[lab]"')


class VoilaMissing(LabError):
    """Voilà is not installed."""

    def __init__(self) -> None:
        super().__init__('Voilà is not installed in this Python.\n  Install it: pip install "statewise[app]"')


class ServerFailed(LabError):
    """The server started and ended by itself, or never answered; `said` is the end of what it logged."""

    def __init__(self, reason: str, said: str) -> None:
        self.reason, self.said = reason, said
        super().__init__(f"The lab did not open: {reason}. Its server said last:\n{said or '  nothing'}")
