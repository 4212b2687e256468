"""A submission on trial: what a check is given to find out whether it holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from minisvc.cluster import Cluster
from minisvc.grading import layouts
from minisvc.grading.exercise import APP, LAYOUT, Exercise
from minisvc.grading.failed import Failed
from minisvc.grading.front import Front
from minisvc.grading.gate import Gate
from minisvc.grading.sandbox import Cell, Instance, Keeper
from minisvc.grading.sandbox.birth import Work
from minisvc.grading.sandbox.keeper import WardenGone
from minisvc.grading.shelf import SHELVES
from minisvc.grading.visitor import Visitor
from minisvc.layout import Layout
from minisvc.stores.link import Disturbance, Links
from minisvc.stores.redis_server import open_store
from minisvc.stores.store import Store

UNSIGNED = 'It is not signed: put your name into the first cell, student = "...".'


@dataclass(frozen=True, slots=True)
class Submission:
    """What a student hands in.

    Attributes:
        name: whose or which it is, as the instructor sees it: a file's or folder's name.
        student: the name that it is signed with; "" for none.
        cells: its code, without the cells that grade it.
    """

    name: str
    student: str
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Site:
    """Instances of a submission's app, and the store they may share.

    Attributes:
        instances: by name: "a", "b", ...
        store: a Redis, whose address the instances see in the environment variable STORE_URL; None for none.
        gate: on the way of instance a to the store; None for none.
    """

    instances: dict[str, Instance]
    store: Store | None
    gate: Gate | None = None
    _visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, name: str) -> Visitor:
        """A new client, who has no cookies yet."""
        fresh = Visitor(self.instances, name)
        self._visitors.append(fresh)
        return fresh

    @contextlib.contextmanager
    def front(self) -> Iterator[Front]:
        """Put the lab's balancer in front of all instances, who looks at their health when it is told to."""
        with contextlib.closing(Front(self.instances)) as front:
            yield front

    def crash(self, name: str) -> None:
        """Kill an instance: memory, folder and connections gone."""
        self.instances[name].crash()

    def start(self, name: str) -> None:
        """Run an instance, for the first time or again.

        Raises:
            Failed: it does not serve, and why.
        """
        instance = self.instances[name]
        instance.start()
        report = instance.report
        if report.up:
            return
        raise Failed(report.unable or _blamed(report.errors) or f"It defines no {APP}(instance).")

    def restart(self, name: str) -> None:
        """Kill an instance, and run it again on its port."""
        self.crash(name)
        self.start(name)

    def crash_store(self) -> None:
        """Kill the store: it refuses connections, and what it held is gone."""
        assert self.store, "the site was opened without a store"
        self.store.crash()

    def restart_store(self) -> None:
        """Start the store again on its port, empty."""
        assert self.store, "the site was opened without a store"
        self.store.restart()

    def close(self) -> None:
        """Everybody leaves."""
        for visitor in self._visitors:
            visitor.close()
        for instance in self.instances.values():
            instance.close()


class Trial:
    """One submission and one exercise; opens sites and clusters for checks, and ends all that came of them.

    Attributes:
        exercise: which.
        submission: whose.
        numbers: the student's own.
        refused: what the submission tried and was not let do, in words.
    """

    def __init__(self, exercise: Exercise, submission: Submission, file: Path) -> None:
        self.exercise, self.submission = exercise, submission
        self.numbers = exercise.numbers_of(submission.student)
        self.refused: dict[str, None] = {}
        self._keeper = Keeper(Work(submission.cells, exercise.exports, (str(file),)))
        # Cells that show the task find it there; they may read nothing else of it.
        self._shelf = {SHELVES: str(file.parents[1])}
        self._store: Store | None = None
        self._served, self._never = False, ""
        self._values: Mapping[str, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeper.close()
        if self._store:
            self._store.close()

    def abandon(self) -> None:
        """Time is up: every process of the submission ends. From any thread."""
        self._keeper.abandon()

    @contextlib.contextmanager
    def open(
        self,
        instances: int = 1,
        *,
        store: bool = False,
        store_delay_s: float = 0.0,
        gated: bool = False,
        **environment: str,
    ) -> Iterator[Site]:
        """Run so many instances, each afresh, and a store if wanted; `environment` is added to what they see.

        `store_delay_s` is how much longer each message to the store takes, so that what happens between two of them
        is sure to happen; 0 for a store as it is. `gated` puts a gate on the way of instance a to the store, for a
        check that stops it between two commands.

        Raises:
            Failed: they do not serve, and why.
        """
        with contextlib.ExitStack() as undo:
            kept = self._empty_store() if store else None
            if kept:
                environment["STORE_URL"] = _way_to(kept, store_delay_s, undo)
            gate = undo.enter_context(contextlib.closing(Gate(environment["STORE_URL"]))) if gated else None
            seen = dict.fromkeys([chr(ord("a") + index) for index in range(instances)], self._shelf | environment)
            seen["a"] = seen["a"] | ({"STORE_URL": gate.url} if gate else {})
            site = Site({name: Instance(name, self._keeper, each) for name, each in seen.items()}, kept, gate)
            undo.callback(self._leave, site)
            self._start(site)
            yield site

    def value(self, name: str) -> Any:
        """The value of one of the exercise's `exports`, as JSON has it.

        Raises:
            Failed: the submission has none, and why.
        """
        if self._never:
            raise Failed(self._never)
        if self._values is None:
            try:
                self._values = self._look()
            except Failed as failed:
                self._never = str(failed)
                raise
        if self._values.get(name) is None:
            raise Failed(f'The notebook has no proper "{name}".')
        return self._values[name]

    def layout(self) -> Layout:
        """The submission's layout, for the lab's own services only.

        Raises:
            Failed: there is none, or none that can be graded, and why.
        """
        return layouts.read(self.value(LAYOUT))

    @contextlib.contextmanager
    def cluster(self, layout: Layout | None = None) -> Iterator[Cluster]:
        """Run the submission's layout (or another) with services of ours, in this process."""
        with Cluster(layout or self.layout()) as shop:
            yield shop

    def _start(self, site: Site) -> None:
        """Start all instances. What never served before is not tried again: an endless loop costs its time once."""
        if self._never:
            raise Failed(self._never)
        try:
            for name in site.instances:
                site.start(name)
        except Failed as failed:
            self._never = "" if self._served else str(failed)
            raise
        self._served = True

    def _empty_store(self) -> Store:
        """One store for all checks, for starting one takes longer than a check does; each check finds it empty."""
        if self._store is None:
            self._store = open_store()
        elif self._store.running:
            self._store.wipe()
        else:
            self._store.restart()
        return self._store

    def _look(self) -> Mapping[str, Any]:
        site = Site({"a": Instance("a", self._keeper, self._shelf)}, None)
        try:
            instance = site.instances["a"]
            instance.start()
            report = instance.report
            instance.crash()
        finally:
            self._leave(site)
        missing = [name for name in self.exercise.exports if report.values.get(name) is None]
        if report.unable or "" in report.errors or (missing and report.errors):
            raise Failed(report.unable or _blamed(report.errors))
        return report.values

    def _leave(self, site: Site) -> None:
        for each in site.instances.values():
            # Not when time is up: then the warden is gone, and they are too.
            with contextlib.suppress(WardenGone):
                each.crash()
        site.close()
        for each in site.instances.values():
            self.refused |= dict.fromkeys(each.report.refused)


def _blamed(errors: Mapping[str, str]) -> str:
    """The error that most likely is the reason, in words; "" for none.

    What makes the whole invalid comes first, and what the grader does not let cells do last: a cell that opens a
    cluster to look at it raises there, and is no fault of the answer.
    """
    order = sorted(errors, key=lambda cell: (cell != "", errors[cell].startswith(PermissionError.__name__)))
    return next((f'Cell "{cell}" raised {errors[cell]}' if cell else errors[cell] for cell in order), "")


def _way_to(store: Store, delay_s: float, undo: contextlib.ExitStack) -> str:
    """The store's address as instances see it: its own, or that of a slow link to it."""
    if not delay_s:
        return store.url
    links = undo.enter_context(contextlib.closing(Links(store.url)))
    links.disturb("all", "slow", Disturbance(delay_s))
    return links.address("all")
