"""`minisvc lab --list`: the lessons and how far one is, as a table, or stacked where a table does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from minisvc.course.lessons import LESSONS
from minisvc.course.progress import Progress


@dataclass(frozen=True, slots=True)
class Row:
    """A lesson and one's progress in it, in words."""

    number: str
    title: str
    minutes: str
    after: str
    done: str


def print_lessons(console: Console) -> None:
    """Print every lesson; no title is cut, however narrow the terminal is."""
    rows = list(_rows(Progress()))
    table = _table(rows)
    unbounded = console.options.update(max_width=1000)
    fits = console.measure(table, options=unbounded).maximum <= console.width
    console.print(table if fits else _stacked(rows))
    console.print("Open one: minisvc lab --lesson 03")


def _rows(progress: Progress) -> Iterator[Row]:
    for each in LESSONS:
        done = f"{progress.count(each.steps)} of {len(each.steps)}"
        yield Row(each.number, each.title, str(each.minutes), ", ".join(each.needs) or "-", done)


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "lesson", "minutes", "after", "done"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(said) for said in (row.number, row.title, row.minutes, row.after, row.done)))
    return table


def _stacked(rows: list[Row]) -> Group:
    """For narrow terminals: a title, and below it the rest."""
    lines: list[Text | Padding] = []
    for row in rows:
        lines.append(Text(f"{row.number}  {row.title}"))
        rest = f"{row.minutes} min, after {row.after}; done {row.done}"
        lines.append(Padding(Text(rest, "dim"), (0, 0, 0, 2)))
    return Group(*lines)
