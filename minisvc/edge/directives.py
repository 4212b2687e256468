"""What `Cache-Control` says (RFC 9111, section 5.2; RFC 5861)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from werkzeug.http import parse_list_header, unquote_header_value

FOREVER_S = 2**31
"""Seconds that are more than a cache can count (RFC 9111, section 1.2.2)."""


def directives(values: Iterable[str]) -> dict[str, str]:
    """The directives of a message's Cache-Control fields, names in lower case, "" for one without a value.

    Where one is said twice, the first counts (RFC 9111, section 4.2.1).
    """
    found: dict[str, str] = {}
    for each in parse_list_header(", ".join(values)):
        name, _, value = each.partition("=")
        found.setdefault(name.strip().lower(), unquote_header_value(value.strip()))
    return found


def seconds(said: Mapping[str, str], name: str) -> int | None:
    """The seconds of a directive; 0 where it says something else than a whole number of them; None without it."""
    if name not in said:
        return None
    value = said[name]
    return min(int(value), FOREVER_S) if value.isascii() and value.isdigit() else 0
