"""A notebook with nbgrader's cell metadata: what in it is a student's answer, and what the student gets.

Source: nbgrader's documentation, "JSON Metadata Format", schema version 3.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minisvc.errors import MinisvcError
from minisvc.grading.sandbox import Cell

LARGEST = 10_000_000
ANSWER = "answer"
"""The grade_id of the cell that a wrong answer stands in for."""
CHECK_PREFIX = "check-"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
"""What nbgrader puts in place of a solution (ClearSolutions.code_stub)."""
_REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION[^\n]*\n.*?^[ \t]*### END SOLUTION[^\n]*$", re.DOTALL | re.MULTILINE)
_ASKS_GRADER = re.compile(r"\b(?:check_here|grade_here)\s*\(")


class UnreadableNotebook(MinisvcError):
    """A file that holds no notebook."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path.name} is no notebook: {reason}")


@dataclass(frozen=True, slots=True)
class Part:
    """A cell as it was written: its kind ("code", "markdown", or another), its text, and its grade_id ("" for none)."""

    kind: str
    source: str
    grade_id: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as its JSON has it (nbformat 4)."""

    data: dict[str, Any]

    @property
    def exercise(self) -> str:
        """The id that its metadata names; "" for none."""
        metadata = self.data.get("metadata", {})
        ours = metadata.get("statewise", {}) if isinstance(metadata, dict) else {}
        return str(ours.get("exercise", "")) if isinstance(ours, dict) else ""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Code that is run for grading: all code cells but those that ask the grader."""
        return tuple(_cells(self.data["cells"]))

    @property
    def parts(self) -> tuple[Part, ...]:
        """All its cells, of whatever kind."""
        return tuple(
            Part(str(each.get("cell_type", "")), _source(each), str(_nbgrader(each).get("grade_id") or ""))
            for each in self.data["cells"]
        )

    @property
    def points(self) -> dict[str, float]:
        """Those of its grading cells, by the check that each asks for."""
        graded = [_nbgrader(each) for each in self.data["cells"] if _nbgrader(each).get("grade")]
        return {str(each.get("grade_id", "")).removeprefix(CHECK_PREFIX): each.get("points", 0) for each in graded}

    def released(self) -> Notebook:
        """The student's copy: solutions cut out as nbgrader cuts them (ClearSolutions)."""
        data = copy.deepcopy(self.data)
        for cell in data["cells"]:
            if _nbgrader(cell).get("solution"):
                cell["source"] = _REGION.sub(_stub, _source(cell))
        return Notebook(data)

    def answered(self, source: str, at: str = ANSWER) -> Notebook:
        """The same with another answer, or another source of the cell with the grade_id `at`."""
        data = copy.deepcopy(self.data)
        for cell in data["cells"]:
            if _nbgrader(cell).get("grade_id") == at:
                cell["source"] = source
        return Notebook(data)

    def renamed(self, old: str, new: str) -> Notebook:
        """The same for an exercise of another id."""
        data = copy.deepcopy(self.data)
        for cell in data["cells"]:
            cell["source"] = _source(cell).replace(old, new)
        data["metadata"]["statewise"] = {"exercise": new}
        return Notebook(data)

    def write(self, path: Path) -> None:
        """Put it into a file."""
        path.write_text(json.dumps(self.data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Notebook:
    """The notebook in a file.

    Raises:
        UnreadableNotebook: it holds none.
    """
    try:
        content = path.read_bytes()[: LARGEST + 1]
    except OSError as error:
        raise UnreadableNotebook(path, f"it cannot be read ({error.strerror}).") from None
    if not content.strip():
        raise UnreadableNotebook(path, "the file is empty.")
    if len(content) > LARGEST:
        raise UnreadableNotebook(path, f"it is larger than {LARGEST // 1_000_000} MB; clear its outputs.")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableNotebook(path, f"it is not JSON ({error}).") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list) or not all(isinstance(each, dict) for each in cells):
        raise UnreadableNotebook(path, "it has no list of cells, as nbformat 4 wants it.")
    return Notebook(data)


def signed(cells: Iterable[Cell]) -> str:
    """The name that `student = "..."` gives, the last one; "" for none. Nothing is run to find it."""
    name = ""
    for cell in cells:
        try:
            tree = _parsed(cell.python)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # it is reported when it is run
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(
                isinstance(to, ast.Name) and to.id == "student" for to in node.targets
            ):
                value = node.value.value if isinstance(node.value, ast.Constant) else ""
                name = " ".join(str(value).split()) if isinstance(value, str) else ""
    return name[:100]


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SystemError:
        # CPython 3.11 counts how deep a tree is for all threads together ("recursion depth mismatch"), and fails if
        # another thread parses meanwhile. Nothing is wrong with the source.
        return ast.parse(source)


def asks_grader(source: str) -> bool:
    """Whether a cell asks the grader, and so is no part of the answer."""
    return _ASKS_GRADER.search(source) is not None


def _cells(cells: list[dict[str, Any]]) -> Iterator[Cell]:
    for number, cell in enumerate(cells, 1):
        about, source = _nbgrader(cell), _source(cell)
        is_check = about.get("grade") and not about.get("solution")
        if cell.get("cell_type") == "code" and source.strip() and not is_check and not asks_grader(source):
            yield Cell(str(about.get("grade_id") or f"cell {number}"), source)


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    about = cell.get("metadata", {}).get("nbgrader", {}) if isinstance(cell.get("metadata"), dict) else {}
    return about if isinstance(about, dict) else {}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _stub(region: re.Match[str]) -> str:
    return "\n".join(region[1] + line for line in STUB.splitlines())
