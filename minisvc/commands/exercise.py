"""`minisvc exercise`: which exercises there are, whether they are sound, and copies of them."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

UNSOUND = 1
"""Exit status."""


def add(commands: Any) -> None:
    """Say what may be asked."""
    exercise = commands.add_parser("exercise", help="list, check, hand out and begin exercises")
    actions = exercise.add_subparsers(metavar="ACTION", title="actions", required=True)
    actions.add_parser("list", help="all exercises, by lesson").set_defaults(run=show)
    check = actions.add_parser("check", help="solution gets all, release gets nothing, wrong answers their reasons")
    check.add_argument("ids", nargs="*", metavar="ID", help="an id, or the folder of one of yours (all)")
    check.set_defaults(run=verify)
    release = actions.add_parser("release", help="write the student's copy, without solutions")
    release.add_argument("id", metavar="ID")
    release.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help="where to (here)")
    release.set_defaults(run=hand_out)
    source = actions.add_parser("source", help="put exercises into an nbgrader course")
    source.add_argument("course", metavar="COURSE", type=Path, help="the course's folder")
    source.add_argument("ids", nargs="*", metavar="ID", help="which (all)")
    source.set_defaults(run=put)
    new = actions.add_parser("new", help="begin an exercise of your own, from a template")
    new.add_argument("folder", metavar="FOLDER", type=Path, help="its last part is the id, such as ./my-exercise")
    new.set_defaults(run=begin)


def show(_asked: argparse.Namespace) -> int:
    """Print the list."""
    from minisvc.grading import shelf  # noqa: PLC0415
    from minisvc.live.grades import listed  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415

    printed(lambda pen: listed([shelf.find(each).exercise for each in shelf.ids()], pen))
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Check them one after the other."""
    from minisvc.grading import shelf  # noqa: PLC0415
    from minisvc.grading.verify import faults_of  # noqa: PLC0415
    from minisvc.live.grades import verified  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415
    from minisvc.live.waiting import Waiting  # noqa: PLC0415

    wanted, unsound = [shelf.find(each) for each in asked.ids or shelf.ids()], 0
    with Waiting(len(wanted)) as waiting:
        for found in wanted:
            waiting.next(found.exercise.id)
            faults = faults_of(found)
            unsound += bool(faults)
            with waiting.aside():
                printed(partial(verified, found.exercise, faults, len(found.wrong())))
    return UNSOUND if unsound else 0


def hand_out(asked: argparse.Namespace) -> int:
    """Write the student's copy."""
    from minisvc.grading import handout, shelf  # noqa: PLC0415

    print(f"Written: {handout.release(shelf.find(asked.id), asked.to)}")
    return 0


def put(asked: argparse.Namespace) -> int:
    """Write sources, and nbgrader's settings."""
    from minisvc.grading import handout, shelf  # noqa: PLC0415

    for each in [shelf.find(each) for each in asked.ids or shelf.ids()]:
        print(f"Written: {handout.source(each, asked.course)}")
    settings = handout.settings(asked.course)
    if settings:
        print(settings)
    return 0


def begin(asked: argparse.Namespace) -> int:
    """Write the template."""
    from minisvc.grading import handout, shelf  # noqa: PLC0415

    folder = handout.template(shelf.find(handout.TEMPLATE), asked.folder)
    print(f"Written: {folder}\n  Change what is in it, then: minisvc exercise check {_typed(folder)}")
    return 0


def _typed(folder: Path) -> str:
    """As a path that is told from an id."""
    return str(folder) if "/" in str(folder) else f"./{folder}"
