"""One cell of a submission, as it travels to the process that runs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Source code of one cell.

    Attributes:
        name: for messages, such as "answer" (nbgrader's grade_id) or "cell 4".
        source: Python; lines that begin with % or ! are IPython's, and are left out.
    """

    name: str
    source: str

    @property
    def python(self) -> str:
        """The source without IPython's own lines, which keep their places so that line numbers stay true."""
        lines = self.source.splitlines()
        return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)
