"""`minisvc mechanisms`: what can be run for each mechanism of the advisor, and what it survives."""

from __future__ import annotations

import argparse
import sys
from typing import Any

WIDE = 72
"""Columns from which on a table reads better than a list."""
STYLES = {"kept": "green", "lost": "red", "unavailable": "yellow", "no store": "dim"}
"""Of shares: as of "lost". The words say it all, so that nothing depends on colour."""


def add(commands: Any) -> None:
    """Say what may be asked."""
    shown = commands.add_parser("mechanisms", help="list where state can live, and what each place survives")
    shown.add_argument("--show", metavar="FORM", help="print the layout of one form as YAML, for minisvc up")
    shown.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    shown.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print the table, or one layout."""
    from minisvc import layout_file, mechanisms  # noqa: PLC0415

    if asked.show:
        form = mechanisms.find_form(asked.show)
        sys.stdout.write(layout_file.write(form.layout, name=form.name))
    elif asked.markdown:
        sys.stdout.write(markdown())
    else:
        _print()
    return 0


def markdown() -> str:
    """The table as it stands in docs/mechanisms.md."""
    from minisvc.mechanisms import MECHANISMS, TROUBLES  # noqa: PLC0415

    lines = ["| mechanism | form | " + " | ".join(map(_plain, TROUBLES)) + " |", "|---" * (len(TROUBLES) + 2) + "|"]
    for each in MECHANISMS:
        lines += [f"| `{each.id}` | `{form.name}` | {' | '.join(form.survives.words())} |" for form in each.forms]
    return "\n".join(lines) + "\n"


def _print() -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    console.print(_table() if console.width >= WIDE else _list())
    console.print(Text("n instances; --show FORM prints a layout to run.", "dim"))


def _table() -> Any:
    """A line a form, below its mechanism."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from minisvc.mechanisms import MECHANISMS, TROUBLES  # noqa: PLC0415

    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("mechanism", no_wrap=True)
    for trouble in TROUBLES:
        table.add_column(trouble.replace("_", "\n"), no_wrap=True)
    for each in MECHANISMS:
        table.add_row(Text(each.id, "bold"))
        for form in each.forms:
            table.add_row(f"  {form.name}", *(_word(word) for word in form.survives.words()))
    return table


def _list() -> Any:
    """For narrow terminals: a block a form."""
    from rich.console import Group  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from minisvc.mechanisms import MECHANISMS, TROUBLES  # noqa: PLC0415

    lines: list[Any] = []
    for each in MECHANISMS:
        lines += [Text(each.id, "bold"), Padding(Text(each.says), (0, 0, 0, 2))]
        for form in each.forms:
            lines.append(Text(f"  {form.name}"))
            for trouble, word in zip(TROUBLES, form.survives.words(), strict=True):
                lines.append(Text(f"    {_plain(trouble):17}").append(_word(word)))
    return Group(*lines)


def _word(word: str) -> Any:
    from rich.text import Text  # noqa: PLC0415

    return Text(word, STYLES.get(word, STYLES["lost"]))


def _plain(trouble: str) -> str:
    return trouble.replace("_", " ")
