"""Values on the command line: numbers in their ranges, and files that results go to."""

from __future__ import annotations

import contextlib
from pathlib import Path

from minisvc.errors import MinisvcError

MOST_SEED = 2**31


class WrongOption(MinisvcError):
    """An option with a value that it cannot have."""

    def __init__(self, option: str, value: object, allowed: str) -> None:
        self.option, self.value, self.allowed = option, value, allowed
        super().__init__(f"{option} is {value!r}; it must be {allowed}.")


class CannotWrite(MinisvcError):
    """A file for results cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} cannot be written: {reason}.\n  Nothing was run. Name another file.")


def number(option: str, text: str | None, least: float, most: float, default: float) -> float:
    """The number that was given, whole if `least` is; the default for None.

    Raises:
        WrongOption: it is none, or out of range.
    """
    if text is None:
        return default
    whole = isinstance(least, int)
    with contextlib.suppress(ValueError):
        value = int(text) if whole else float(text)
        if least <= value <= most:
            return value
    raise WrongOption(option, text, f"a {'whole ' * whole}number from {least:.12g} to {most:.12g}")


def refuse_unwritable(path: Path) -> None:
    """Raise `CannotWrite` if results cannot go there: before anything runs, not after."""
    try:
        path.open("a").close()
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None
