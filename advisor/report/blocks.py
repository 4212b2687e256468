"""The blocks that every view on a terminal is built of: readable from 40 columns up, and without colour."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from advisor.model import ServiceClass
from advisor.report import words

COLOURS = {ServiceClass.STATELESS: "green", ServiceClass.HYBRID: "yellow", ServiceClass.STATEFUL: "magenta"}
NARROW = 60
"""A terminal with fewer columns gets lists in place of wide tables."""
TRAILING_BLANKS = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


def put(parts: Iterable[RenderableType], console: Console) -> None:
    """Print blocks, without blanks at the ends of lines."""
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    console.file.write(TRAILING_BLANKS.sub(r"\1", capture.get()))


def word(service_class: ServiceClass | None) -> Text:
    """One of the three words, or that there is none."""
    return Text(words.word(service_class), style=f"bold {COLOURS[service_class]}" if service_class else "bold red")


def headline(text: Text) -> RenderableType:
    """A line across the terminal that begins with a text."""
    return Line(text, align="left", style="dim")


def section(title: str, body: RenderableType | None) -> Iterator[RenderableType]:
    """A titled, indented part; nothing at all when there is nothing to say."""
    if body:
        yield Text(f"\n{title}", style="bold")
        yield indented(body)


def indented(body: RenderableType, style: str = "none") -> RenderableType:
    """A block two columns to the right."""
    return Padding(body, (0, 0, 0, 2), style=style)


def rows(items: Iterable[tuple[RenderableType, RenderableType]]) -> RenderableType:
    """A mark and a body a row; a body that wraps stays clear of the marks. Empty without items."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for mark, body in items:
        grid.add_row(mark, body)
    return grid if grid.row_count else ""
