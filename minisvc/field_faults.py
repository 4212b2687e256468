"""What can be wrong with the value of a layout's field: each check returns one sentence, or "" for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from minisvc.errors import did_you_mean

LONGEST_SECONDS = 31_622_400
"""A leap year."""


def unknown(what: str, value: object, known: Sequence[str]) -> str:
    """A name that nobody knows, with the nearest that somebody does."""
    return f"{what} {value!r} is not known.{did_you_mean(value, known)}"


def choice(name: str, value: object, allowed: tuple[str, ...], *, none: bool = False) -> str:
    """One of `allowed`; `none` is for the message alone: None is allowed too."""
    if value in allowed:
        return ""
    return unknown(name, value, (*allowed, "None") if none else allowed)


def whole(name: str, value: object, least: int, most: int, *, none: bool = False) -> str:
    """A whole number within bounds, both included; `none`: or None."""
    if none and value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return ""
    return f"{name} is {value!r}; it must be a whole number from {least} to {most}{_or_none(none)}."


def number(name: str, value: object, least: float, most: float, *, none: bool = False) -> str:
    """A number within bounds, both included; `none`: or None."""
    return _number(name, value, (least, most), none=none)


def seconds(name: str, value: object, least: float, most: float = 3600, *, none: bool = False) -> str:
    """A number of seconds within bounds, both included; `none`: or None."""
    return _number(name, value, (least, most), " of seconds", none=none)


def truth(name: str, value: object) -> str:
    """True or false."""
    return "" if isinstance(value, bool) else f"{name} is {value!r}; it must be true or false."


def twice(name: str, values: list[str]) -> str:
    """Each value once."""
    seen = sorted({value for value in values if values.count(value) > 1})
    return f"{name} {', '.join(map(repr, seen))} is used twice; each service needs its own." if seen else ""


def address(name: str, value: str | None, schemes: Sequence[str], example: str) -> str:
    """An address with one of the schemes, or None."""
    if value is None or (urlsplit(str(value)).scheme in schemes and len(value) < 2048):
        return ""
    return f"{name} is {value!r}; it must be an address such as {example}, or left out."


def _number(name: str, value: object, bounds: tuple[float, float], unit: str = "", *, none: bool) -> str:
    least, most = bounds
    if none and value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most:
        return ""
    shown = f"{most:g}" if most < 1 else f"{most:,.0f}"
    return f"{name} is {value!r}; it must be a number{unit} from {least:g} to {shown}{_or_none(none)}."


def _or_none(none: bool) -> str:
    return ", or None" if none else ""
