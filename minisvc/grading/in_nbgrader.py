"""nbgrader's autograde without a line of a student's code in it: the black box grades, and nbgrader keeps the book.

By itself nbgrader runs a submission in a kernel beside the answers, and gives no grade at all where a cell ends that
kernel, hangs it, or where the file is no notebook. `configure` puts two pieces in: `Intake` reads what was handed in,
whatever it is, and has it graded from outside; `Ask` then gives each grading cell what the grader said, in place of
running it. Assignments that are no exercise of ours are graded as ever.

Source: nbgrader 0.9, configuration of `Autograde` (exporter_class, autograde_preprocessors), and how
`nbgrader.utils.determine_grade` reads outputs: an error is no points, nothing is all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat.v4
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from minisvc.errors import MinisvcError
from minisvc.grading import notebook, shelf
from minisvc.grading.grade import Grade, Row, grade_file
from minisvc.grading.notebook import Part
from minisvc.grading.shelf import FILE, Set, UnknownExercise

written: Any = nbformat.v4  # its functions have no types


class NotGraded(MinisvcError):
    """A submission that the grader could not grade, by no fault of the student's: nbgrader must not book it as 0."""


def configure(config: Any) -> None:
    """Let autograde ask the grader. `config` is traitlets' (`get_config()` in nbgrader_config.py)."""
    config.Autograde.exporter_class = Intake
    config.Autograde.autograde_preprocessors = [
        Ask if each is Execute else each for each in Autograde().autograde_preprocessors
    ]


class Intake(NotebookExporter):
    """Reads a submission of an exercise, has it graded, and hands on a sound notebook of what was in it.

    Attributes:
        given: the grade of the exercise that was read last; None if that was no exercise.
    """

    given: Grade | None = None

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **options: Any) -> Any:
        """As nbconvert calls it: first with what was submitted, then with what came of it.

        Raises:
            NotGraded: the fault may be the grader's.
            ExerciseError: the exercise cannot be set.
        """
        about, path = (resources or {}).get("nbgrader"), Path(filename)
        if about and path.parent == self._place("submitted", about["student"], about["assignment"]):
            found = self._exercise(about)
            self.given = _graded(found, about["student"], path) if found else None
            if found:
                taken: Any = self.from_notebook_node  # has no types
                return taken(_sound(path, _booked(about)), resources, **options)
        return super().from_filename(filename, resources, **options)

    def _place(self, step: str, student: str, assignment: str) -> Path:
        """Where nbgrader has an assignment in one of its steps."""
        course: Any = self.parent.coursedir  # type: ignore[union-attr]  # autograde is the parent
        return Path(course.format_path(getattr(course, f"{step}_directory"), student, assignment))

    def _exercise(self, about: Mapping[str, str]) -> Set | None:
        """One of one's own has its exercise.py in the course, with the source."""
        source = self._place("source", ".", about["assignment"])
        try:
            return shelf.find(str(source) if (source / FILE).is_file() else about["notebook"])
        except UnknownExercise:
            return None


class Ask(Execute):  # type: ignore[misc]  # nbgrader has no types
    """In place of running an exercise's cells: gives its grading cells what the grader said. Others it runs."""

    def preprocess(self, nb: Any, resources: Any, *others: Any, **options: Any) -> Any:
        """As nbconvert calls it."""
        given = self.parent.given
        if given is None:
            return super().preprocess(nb, resources, *others, **options)
        rows = {notebook.CHECK_PREFIX + row.check: row for row in given.rows}
        for cell in nb.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                cell.outputs = _outputs(rows[about["grade_id"]])
        for note in given.notes:
            self.log.warning("%s: %s", given.submission, note)
        return nb, resources


@dataclass(frozen=True, slots=True)
class _Booked:
    """What the gradebook has of an exercise: its cells by grade_id, which hold answers, and the points of others."""

    cells: Mapping[str, Any]
    answers: frozenset[str]
    points: Mapping[str, float]


def _graded(found: Set, student: str, path: Path) -> Grade:
    given = grade_file(found, student, path)
    unable = [row.reason for row in given.rows if row.unable]
    if unable:
        raise NotGraded(f"{student}: {unable[0]}")
    return given


def _booked(about: Mapping[str, str]) -> _Booked:
    with Gradebook(about["db_url"]) as book:
        known = book.find_notebook(about["notebook"], about["assignment"])
        cells = {each.name: _told(each) for each in known.source_cells}
        answers = frozenset(each.name for each in known.solution_cells)
        return _Booked(cells, answers, {each.name: each.max_score for each in known.grade_cells})


def _told(cell: Any) -> dict[str, Any]:
    """A source cell, free of its database."""
    return {name: getattr(cell, name) for name in ("name", "cell_type", "source", "locked", "checksum")}


def _sound(path: Path, booked: _Booked) -> NotebookNode:
    """A notebook with the words of what was handed in, the booked grading cells, and metadata by nobody but us."""
    try:
        parts: Iterable[Part] = notebook.read(path).parts
    except notebook.UnreadableNotebook as error:
        parts = (Part("markdown", str(error), ""),)
    book: NotebookNode = written.new_notebook(cells=list(_cells(parts, booked)))
    return book


def _cells(parts: Iterable[Part], booked: _Booked) -> Iterator[NotebookNode]:
    seen = set(booked.points)
    for part in parts:
        if part.grade_id in booked.points:
            continue
        cell = _cell(part.kind, part.source)
        known = booked.cells.get(part.grade_id)
        # A given cell that was changed is the student's own: what was graded is shown, and not put right.
        if known and part.grade_id not in seen and (not known["locked"] or known["source"] == part.source):
            seen.add(part.grade_id)
            cell.metadata["nbgrader"] = _metadata(known, solution=part.grade_id in booked.answers)
        yield cell
    for name, points in booked.points.items():
        known = booked.cells[name]
        cell = _cell(known["cell_type"], known["source"])
        cell.metadata["nbgrader"] = _metadata(known, grade=True, points=points)
        yield cell


def _cell(kind: str, source: str) -> NotebookNode:
    make = {"code": written.new_code_cell, "markdown": written.new_markdown_cell}
    cell: NotebookNode = make.get(kind, written.new_raw_cell)(source)
    return cell


def _metadata(known: Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """nbgrader's, schema version 3."""
    usual = {"schema_version": 3, "grade": False, "solution": False, "task": False, "grade_id": known["name"]}
    return usual | {name: known[name] for name in ("cell_type", "locked", "checksum")} | about


def _outputs(row: Row) -> list[NotebookNode]:
    if not row.reason:
        return [written.new_output("stream", name="stdout", text=f"✓ {row.says}\n")]
    words = {"ename": "Failed", "evalue": row.reason, "traceback": [f"✗ {row.reason}"]}
    return [written.new_output("error", **words)]
