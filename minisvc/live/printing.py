"""Prints what was drawn for the width that there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from minisvc.live.pen import Pen


def printed(draw: Callable[[Pen], Iterable[RenderableType]]) -> None:
    """Whole lines as they were drawn, tables in the terminal's width; at once, for whoever reads a pipe."""
    console = Console(highlight=False)
    for each in draw(Pen(console.width, ascii_only=console.options.ascii_only)):
        if isinstance(each, Text):
            console.print(each, no_wrap=True, crop=False, overflow="ignore")
        else:
            console.print(each)
    sys.stdout.flush()
