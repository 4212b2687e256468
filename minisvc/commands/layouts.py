"""`minisvc layouts`: the layouts that come with it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

WIDE = 72
"""Columns from which on a table reads better than a list."""


def add(commands: Any) -> None:
    """Say what may be asked."""
    shown = commands.add_parser("layouts", help="list the layouts that come with minisvc")
    shown.add_argument("--show", metavar="NAME", help="print one as YAML, to start a file of your own from")
    shown.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print the list, or one layout."""
    from minisvc import layouts  # noqa: PLC0415

    if asked.show:
        sys.stdout.write(layouts.text(asked.show))
    else:
        _list()
    return 0


def _list() -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from minisvc import layouts  # noqa: PLC0415

    console = Console(highlight=False)
    every = [layouts.shipped(name) for name in layouts.names()]
    if console.width >= WIDE:
        table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column("layout", no_wrap=True, style="bold")
        table.add_column("what it shows")
        for each in every:
            table.add_row(each.name, each.about)
        console.print(table)
    else:
        for each in every:
            console.print(Text(each.name, "bold"))
            console.print(Padding(Text(each.about), (0, 0, 0, 2)))
    console.print(Text("\nminisvc up NAME runs one, minisvc layouts --show NAME prints it.", "dim"))
