"""`minisvc grade`: submissions run apart from this program, and are asked from outside."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minisvc.commands.values import number, refuse_unwritable

if TYPE_CHECKING:
    from minisvc.grading.grade import Grade

UNABLE, INTERRUPTED = 1, 130
"""Exit statuses."""
MOST_JOBS, MOST_TIME_S = 256, 3600.0
TIME_S = 60.0


def add(commands: Any) -> None:
    """Say what may be asked."""
    graded = commands.add_parser("grade", help="grade notebooks of exercises, each check with its reason")
    graded.add_argument("submissions", nargs="+", metavar="SUBMISSION", help="a notebook, or a folder of them")
    graded.add_argument("--exercise", metavar="ID", help="which exercise it is (what each notebook says)")
    graded.add_argument("--csv", metavar="FILE", type=Path, help="write one line a submission")
    graded.add_argument("--html", metavar="FILE", type=Path, help="write a page that stands alone")
    graded.add_argument("--jobs", metavar="N", help="how many at a time (as many as processors)")
    graded.add_argument("--time", metavar="S", help=f"seconds for each submission ({TIME_S:g})")
    graded.add_argument("--fresh", action="store_true", help="grade anew what was graded before")
    graded.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Grade them all, and tell of each."""
    from minisvc.grading import roll, shelf  # noqa: PLC0415
    from minisvc.grading.classroom import Classroom  # noqa: PLC0415
    from minisvc.grading.journal import Journal  # noqa: PLC0415
    from minisvc.live.waiting import Waiting  # noqa: PLC0415

    jobs = int(number("--jobs", asked.jobs, 1, MOST_JOBS, processors()))
    time_s = number("--time", asked.time, 1.0, MOST_TIME_S, TIME_S)
    entries = roll.entries(asked.submissions, shelf.find(asked.exercise) if asked.exercise else None)
    for path in filter(None, (asked.csv, asked.html)):
        refuse_unwritable(path)
    _warn_if_open()
    journal = Journal()
    if asked.fresh:
        journal.forget(entries)
    try:
        with Waiting(len(entries)) as waiting:
            waiting.next("grading")
            grades = Classroom(entries, journal, jobs, time_s).run(lambda each: waiting.next(each.submission))
    except KeyboardInterrupt:
        print("minisvc: interrupted; the same command goes on where it was.", file=sys.stderr)
        return INTERRUPTED
    _tell(grades, asked)
    return UNABLE if any(row.unable for each in grades for row in each.rows) else 0


def processors() -> int:
    """How many this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _warn_if_open() -> None:
    from minisvc.grading.sandbox import landlock  # noqa: PLC0415

    if not landlock.version():
        words = "this kernel has no Landlock, so a submission that tries hard can read and write what you can."
        print(f"minisvc: {words}\n  Grade in a container; docs/instructors.md says how.", file=sys.stderr)


def _tell(grades: list[Grade], asked: argparse.Namespace) -> None:
    from minisvc.grading.tables import as_csv, as_html  # noqa: PLC0415
    from minisvc.live.grades import told  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415

    printed(lambda pen: told(grades, pen))
    for path, made in ((asked.csv, as_csv), (asked.html, as_html)):
        if path:
            path.write_text(made(grades), encoding="utf-8")
