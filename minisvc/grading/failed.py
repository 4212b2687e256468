"""Why a check does not hold."""

from __future__ import annotations

from minisvc.errors import MinisvcError


class Failed(MinisvcError):
    """A check does not hold; the message is the reason that the student reads."""


def need(holds: object, reason: str) -> None:
    """Raise `Failed` for that reason unless it holds."""
    if not holds:
        raise Failed(reason)
