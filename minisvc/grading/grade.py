"""One submission's grade: every check of its exercise with its points and its reason."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from minisvc.errors import MinisvcError
from minisvc.grading import notebook
from minisvc.grading.exercise import Check
from minisvc.grading.failed import Failed
from minisvc.grading.sandbox.keeper import WardenGone
from minisvc.grading.shelf import Set
from minisvc.grading.trial import UNSIGNED, Submission, Trial

TIME_S = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One check: its name, the points it got and could get, and why it did not hold ("" if it did).

    `unable` if the fault may be the grader's: a check that raised what it should not, or a store that did not start.
    """

    check: str
    says: str
    points: int
    of: int
    reason: str = ""
    unable: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """What a submission got.

    Attributes:
        submission: whose or which, as the instructor sees it.
        student: how it is signed; "" for not at all.
        exercise: its id; "" if it could not be told.
        rows: a row for each check.
        notes: what else an instructor should know.
        took_s: how long grading took.
    """

    submission: str
    student: str
    exercise: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    took_s: float = 0.0

    @property
    def points(self) -> int:
        """What it got."""
        return sum(each.points for each in self.rows)

    @property
    def of(self) -> int:
        """What it could get."""
        return sum(each.of for each in self.rows)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it did not get more; what is the same for all checks is said once."""
        if len(self.rows) > 1 and self.rows[0].reason and len({each.reason for each in self.rows}) == 1:
            return (f"all: {self.rows[0].reason}",)
        return tuple(f"{each.check}: {each.reason}" for each in self.rows if each.reason)


def grade(
    found: Set,
    submission: Submission,
    *,
    time_s: float = TIME_S,
    only: str | None = None,
    watch: Callable[[Trial], object] = lambda trial: None,
) -> Grade:
    """Grade a submission; `time_s` is for all its checks together, `only` names one of them (None: all).

    `watch` is shown the trial before it begins, for who may have to abandon it.

    What a submission does, however bad, is a reason in its grade and never an error here.
    """
    begun = time.monotonic()
    checks = [each for each in found.exercise.checks if only in {None, each.name}]
    if not submission.student:
        return refused(found, submission.name, UNSIGNED, checks)
    with Trial(found.exercise, submission, found.file) as trial:
        watch(trial)
        timer = threading.Timer(time_s, trial.abandon)
        timer.daemon = True
        timer.start()
        try:
            rows = tuple(_row(trial, each, begun + time_s) for each in checks)
        finally:
            timer.cancel()
            timer.join()
    notes = tuple(f"It tried to {each}, and was not let." for each in trial.refused)
    took_s = round(time.monotonic() - begun, 3)
    return Grade(submission.name, submission.student, found.exercise.id, rows, notes, took_s)


def grade_file(
    found: Set,
    name: str,
    path: Path,
    *,
    time_s: float = TIME_S,
    watch: Callable[[Trial], object] = lambda trial: None,
) -> Grade:
    """Grade what is in a file, as `grade` does; a file that holds no notebook gets nothing, and why."""
    try:
        cells = notebook.read(path).cells
    except notebook.UnreadableNotebook as error:
        return refused(found, name, str(error))
    return grade(found, Submission(name, notebook.signed(cells), cells), time_s=time_s, watch=watch)


def refused(found: Set, name: str, reason: str, checks: Sequence[Check] | None = None) -> Grade:
    """The grade of what cannot be run: nothing, for one reason."""
    wanted = found.exercise.checks if checks is None else checks
    rows = tuple(Row(each.name, each.says, 0, each.points, reason) for each in wanted)
    return Grade(name, "", found.exercise.id, rows)


def _row(trial: Trial, check: Check, until_s: float) -> Row:
    reason, unable = "", False
    try:
        check.run(trial)
    except (Failed, WardenGone) as failed:
        # When time is up, its processes end: whatever the check says then is only a consequence.
        up = time.monotonic() >= until_s
        reason = "The time for this submission is up: is there an endless loop?" if up else str(failed)
    except MinisvcError as error:
        reason, unable = f"It could not be graded: {error}", True
    except Exception as error:  # noqa: BLE001  # one check's own fault must not stop the class
        reason, unable = f"It could not be graded: {type(error).__name__}: {error}", True
    return Row(check.name, check.says, 0 if reason else check.points, check.points, " ".join(reason.split()), unable)
