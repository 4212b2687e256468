"""`minisvc lab`: the lessons in JupyterLab."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minisvc.course.lesson import Lesson


def add(commands: Any) -> None:
    """Say what may be asked."""
    lab = commands.add_parser("lab", help="open the lessons in JupyterLab")
    lab.add_argument(
        "notebooks",
        nargs="?",
        type=Path,
        help="a folder of notebooks to open; otherwise a copy of the lessons",
    )
    lab.add_argument("--list", action="store_true", help="list the lessons and how far you are; open nothing")
    lab.add_argument("--lesson", metavar="NUMBER", help="open this lesson first, such as 03")
    lab.add_argument("--no-browser", action="store_true", help="only serve; open the printed address yourself")
    lab.add_argument("--port", type=int, help="the server's port (default: a free one, 8888 if it is)")
    lab.add_argument("--voila", action="store_true", help="open a panel alone as an app, without notebooks")
    lab.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Serve until Ctrl-C, or list the lessons.

    Raises:
        LessonMissing: there is no lesson of that number.
    """
    if asked.list:
        _list()
        return 0
    first = None if asked.lesson is None else _find(asked.lesson).notebook
    from minisvc.lab import serve  # noqa: PLC0415

    return serve(asked.notebooks, open_browser=not asked.no_browser, port=asked.port, app=asked.voila, first=first)


def _find(number: str) -> Lesson:
    from minisvc.course.lessons import LESSONS  # noqa: PLC0415
    from minisvc.lab.errors import LessonMissing  # noqa: PLC0415

    for lesson in LESSONS:
        if number.zfill(2) == lesson.number:
            return lesson
    raise LessonMissing(number, [lesson.number for lesson in LESSONS])


def _list() -> None:
    from rich.console import Console  # noqa: PLC0415

    from minisvc.commands.lab_list import print_lessons  # noqa: PLC0415

    print_lessons(Console(highlight=False))
