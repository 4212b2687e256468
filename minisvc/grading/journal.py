"""Grades that were given already, so that a class that was interrupted goes on where it was.

One small file a grade, in the person's own state folder, named by a digest of all that the grade depends on: the
submission, the exercise and this release. A changed submission is so graded anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_state_path

from minisvc.grading.grade import Grade, Row
from minisvc.grading.roll import Entry


@dataclass(frozen=True, slots=True)
class Journal:
    """Grades in a folder; by default the person's own state folder (`XDG_STATE_HOME` or the system's usual place)."""

    folder: Path = field(default_factory=lambda: user_state_path("statewise", appauthor=False) / "grades")

    def find(self, entry: Entry) -> Grade | None:
        """The grade that this submission got before; None if there is none, or none that can be read."""
        try:
            said = json.loads(self._file(entry).read_text(encoding="utf-8"))
            rows = tuple(Row(**each) for each in said.pop("rows"))
            return Grade(**{**said, "rows": rows, "notes": tuple(said["notes"])})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # it is graded anew, which is always right

    def keep(self, entry: Entry, grade: Grade) -> None:
        """Remember it, unless the fault may have been the grader's; raises OSError if it cannot be written."""
        if any(row.unable for row in grade.rows):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(entry)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(grade)) + "\n", encoding="utf-8")
        part.replace(file)

    def forget(self, entries: Iterable[Entry]) -> None:
        """Let these be graded anew."""
        for each in entries:
            self._file(each).unlink(missing_ok=True)

    def _file(self, entry: Entry) -> Path:
        digest = hashlib.sha256(f"{version('statewise')}\n{entry.name}\n".encode())
        digest.update(entry.path.read_bytes())
        digest.update(entry.found.file.read_bytes() if entry.found else b"")
        return self.folder / f"{digest.hexdigest()[:32]}.json"
