"""`minisvc lab`: the lessons in JupyterLab."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Say what may be asked."""
    lab = commands.add_parser("lab", help="open the lessons in JupyterLab")
    lab.add_argument(
        "notebooks",
        nargs="?",
        type=Path,
        help="a folder of notebooks to open; otherwise a copy of the lessons",
    )
    lab.add_argument("--no-browser", action="store_true", help="only serve; open the printed address yourself")
    lab.add_argument("--port", type=int, help="the server's port (default: a free one, 8888 if it is)")
    lab.add_argument("--voila", action="store_true", help="open a panel alone as an app, without notebooks")
    lab.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from minisvc.lab import serve  # noqa: PLC0415

    return serve(asked.notebooks, open_browser=not asked.no_browser, port=asked.port, app=asked.voila)
