"""What a warden and its instances must know: data that travels as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from minisvc.grading.sandbox.cell import Cell

RAISED = "X-Statewise-Raised"
"""The field in which an answer of 500 tells the grader what the submission raised."""


@dataclass(frozen=True, slots=True)
class Work:
    """What all instances of one submission share.

    Attributes:
        cells: the submission's code, in order.
        exports: names of variables whose values the grader wants.
        readable: files and folders that may be read, besides those of Python and the system.
        cpu_s, memory_mb, file_mb: limits of each process (getrlimit(2)).
        disk_mb: what the files of each process may take together; the warden looks.
    """

    cells: tuple[Cell, ...]
    exports: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    cpu_s: int = 20
    memory_mb: int = 2048
    file_mb: int = 16
    disk_mb: int = 256

    def write(self, path: Path) -> None:
        """Put it into a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        said = json.loads(path.read_text(encoding="utf-8"))
        said["cells"] = tuple(Cell(**each) for each in said["cells"])
        return cls(**said)


@dataclass(frozen=True, slots=True)
class Birth:
    """One instance's start.

    Attributes:
        name: the instance's name.
        folder: its own empty folder: its home, its temporary folder, and all that it may write to.
        environment: all variables that it sees.
        ports: TCP ports on this machine that it may connect to: the store's, or none.
    """

    name: str
    folder: str
    environment: dict[str, str]
    ports: Sequence[int] = ()
