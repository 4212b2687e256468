"""A whole class: graded side by side, each submission for itself, and none can stop the others."""

from __future__ import annotations

import concurrent.futures
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from minisvc.grading.grade import Grade, grade_file
from minisvc.grading.journal import Journal
from minisvc.grading.roll import Entry
from minisvc.grading.trial import Trial

WHICH = "Which exercise it is cannot be told; name it with --exercise."


class Classroom:
    """Grades submissions, as many at a time as there are jobs.

    Args:
        entries: the submissions.
        journal: of former grades; None grades all anew and remembers nothing.
        jobs: how many at a time, 1 or more.
        time_s: for each submission.
    """

    def __init__(self, entries: Sequence[Entry], journal: Journal | None, jobs: int, time_s: float) -> None:
        self._entries, self._journal, self._jobs, self._time_s = entries, journal, jobs, time_s
        self._lock, self._stopped = threading.Lock(), False
        self._trials: set[Trial] = set()

    def run(self, told: Callable[[Grade], object]) -> list[Grade]:
        """Grade them all; `told` hears of each as it is done. Returns them in the order of the entries.

        On KeyboardInterrupt those that are under way end at once, and it is raised again; what is done is remembered.
        """
        with concurrent.futures.ThreadPoolExecutor(self._jobs, "grading") as pool:
            work = {pool.submit(self._one, each): each for each in self._entries}
            try:
                for done in concurrent.futures.as_completed(work):
                    told(done.result())
            except BaseException:
                for each in work:
                    each.cancel()
                self._stop()
                raise
        return with_namesakes([each.result() for each in work])

    def _one(self, entry: Entry) -> Grade:
        former = self._journal.find(entry) if self._journal else None
        if former:
            return former
        given = self._graded(entry)
        if self._journal and not self._stopped and given.exercise:
            self._journal.keep(entry, given)
        return given

    def _graded(self, entry: Entry) -> Grade:
        if entry.found is None:
            return Grade(entry.name, "", "", (), (WHICH,))
        return grade_file(entry.found, entry.name, entry.path, time_s=self._time_s, watch=self._watch)

    def _watch(self, trial: Trial) -> None:
        with self._lock:
            self._trials.add(trial)
            if self._stopped:
                trial.abandon()

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for each in self._trials:
                each.abandon()


def with_namesakes(grades: Sequence[Grade]) -> list[Grade]:
    """The same, each that is signed as another is with a note: a copy keeps the numbers of whom it was copied from."""
    by_name = defaultdict(list)
    for each in grades:
        by_name[each.exercise, each.student.casefold()].append(each.submission)
    return [_noted(each, by_name[each.exercise, each.student.casefold()]) for each in grades]


def _noted(graded: Grade, alike: Sequence[str]) -> Grade:
    others = [name for name in alike if name != graded.submission]
    if not graded.student or not others:
        return graded
    note = f'It is signed "{graded.student}", and so is that of {", ".join(others)}: is one a copy?'
    return replace(graded, notes=(*graded.notes, note))
