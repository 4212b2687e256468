"""The comparison for a person at a terminal: a table, or on its side, a block a concern, where there is no room."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from minisvc.claims.comparison import CONCERNS, Comparison, Concern
from minisvc.live.pen import Pen

BAR = 8


def drawn(comparison: Comparison, pen: Pen) -> Iterator[Table | Text]:
    """The whole, in lines or as a table with its legend."""
    if pen.columns >= _width(comparison):
        yield _table(comparison)
        for concern in CONCERNS:
            heading = concern.short.replace("-\n", "").replace("\n", " ")
            name = "" if concern.name == heading else f"{concern.name}: "
            yield from pen.wrapped(f"{heading:<12}{name}{_legend(concern)}", indent=12)
    else:
        for concern in CONCERNS:
            yield from _block(comparison, concern, pen)
    for name, why in comparison.unable.items():
        yield from pen.wrapped(f"{name} could not be run here: {why}", "yellow", 2)
    told = "up: answered at all. Counts are the same everywhere, times are this machine's."
    yield from pen.wrapped(f"{told} Seed {comparison.seed}, {comparison.duration_s:.0f} s.", "dim")


def _width(comparison: Comparison) -> int:
    """The columns that the table needs, each with a blank behind it."""
    names = max((len(form.name) for form in comparison.forms), default=0)
    return names + sum(1 + max(_widths(comparison, concern)) for concern in CONCERNS)


def _widths(comparison: Comparison, concern: Concern) -> Iterator[int]:
    yield from map(len, concern.short.splitlines())
    for form in comparison.forms:
        cell = comparison.cells[form.name][concern.key]
        yield from (len(cell.shown), len(cell.aside))


def _table(comparison: Comparison) -> Table:
    """A line a place, with what must be read beside a figure below it."""
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    for concern in CONCERNS:
        table.add_column(concern.short, no_wrap=True, justify="right")
    for form in comparison.forms:
        cells = [comparison.cells[form.name][concern.key] for concern in CONCERNS]
        table.add_row(Text(form.name, "bold"), *(Text(each.shown) for each in cells))
        if any(each.aside for each in cells):
            table.add_row("", *(Text(each.aside, "dim") for each in cells))
    return table


def _block(comparison: Comparison, concern: Concern, pen: Pen) -> Iterator[Text]:
    yield from pen.wrapped(concern.name, "bold")
    yield from pen.wrapped(f"  {_legend(concern)}", "dim", 2)
    names = max((len(each.name) for each in comparison.forms), default=0)
    for name, part in comparison.parts(concern).items():
        cell = comparison.cells[name][concern.key]
        bar = "" if part is None else f"{pen.bar(part, BAR)} "
        aside = f" ({cell.aside})" if cell.aside else ""
        line = Text(f"  {name:<{names}} ").append(bar)
        # Where a line is too long, what is aside goes below.
        if len(line) + len(cell.shown) + len(aside) <= pen.columns:
            yield line.append(f"{cell.shown}{aside}")
        else:
            yield line.append(cell.shown)
            yield Text(f"{'':{len(line.plain) - len(cell.shown)}}{aside.strip()}", "dim")


def _legend(concern: Concern) -> str:
    return f"{concern.asks}; {concern.better}. {', '.join(concern.claims)}"
