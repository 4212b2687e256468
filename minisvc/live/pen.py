"""The pieces that a screen and a table of results are drawn with: a line of a given width at a time."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.text import Text

WIDE = 66
"""Columns from which on there is room for bars."""
BAR = 20


class Pen:
    """Draws for so many columns, with marks that the terminal has."""

    def __init__(self, columns: int, *, ascii_only: bool = False) -> None:
        self.columns, self._ascii = columns, ascii_only
        self.wide = columns >= WIDE

    def mark(self, fancy: str, plain: str) -> str:
        """The one that this terminal can show."""
        return plain if self._ascii else fancy

    def bar(self, part: float | None, cells: int) -> str:
        """A bar that is neither full nor empty unless `part` (0 to 1; None: unknown) is 1 or 0."""
        filled = 0 if part is None else int(part * cells + 0.5)
        if part is not None and 0 < part < 1:
            filled = min(max(filled, 1), cells - 1)
        return self.mark("█", "=") * filled + self.mark("░", ".") * (cells - filled)

    def total(self, name: str, part: float | None, words: str, *, harm: bool) -> Text:
        """A named part of a whole: a bar where there is room, its percentage and its counts. `harm` is what lacks."""
        line = Text(f"{name:<9}")
        if self.wide:
            bar = self.bar(part, BAR)
            filled = len(bar.rstrip(bar[-1])) if part != 1 else BAR
            line.append(bar[:filled], "green").append(bar[filled:], "red" if harm else "dim").append("  ")
        line.append(f"{percent(part, 1):>7}", "" if part is None else "bold red" if harm else "green")
        return line.append(f"   {words}" if self.wide else f"  {words}")

    def ends(self, left: Text, right: Text) -> Text:
        """One at the left end and one at the right, the left one cut if it must be."""
        left.truncate(max(0, self.columns - len(right) - 1))
        gap = max(1, self.columns - len(left) - len(right))
        return Text.assemble(left, " " * gap, right)

    def wrapped(self, words: str, style: str = "", indent: int = 0) -> Iterator[Text]:
        """As many lines as it takes, all but the first indented."""
        width = max(self.columns, indent + 1)
        for line in textwrap.wrap(words, width, subsequent_indent=" " * indent, break_on_hyphens=False):
            yield Text(line, style)

    def labelled(self, name: str, words: str) -> Iterator[Text]:
        """The same, after a name at the left."""
        return self.wrapped(f"{name:<9}{words}", indent=9)


def percent(part: float | None, places: int) -> str:
    """Such as "98.7%"; never all or nothing unless it is; "-" for None."""
    if part is None:
        return "-"
    finest = 10.0**-places
    shown = round(part * 100, places)
    if 0 < part < 1:
        shown = min(max(shown, finest), 100 - finest)
    return f"{shown:.{places}f}%"


def milliseconds(seconds: float | None) -> str:
    """Such as "4.2 ms" or "120 ms"; "-" for None."""
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
