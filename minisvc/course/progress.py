"""How far a person has come: the ids of the steps that were done, in a small file of that person's own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_state_path

from minisvc.errors import MinisvcError

FILE = "lessons.json"


class BrokenProgress(MinisvcError):
    """The file of a person's progress cannot be read or written; `path` is where it is."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"Your progress cannot be kept in {path}: {reason}.\n  Remove or mend it; lessons go on.")


class Progress:
    """The steps that a person has done, each with the time of the first time.

    Args:
        folder: None is the person's own state folder (`XDG_STATE_HOME` or the system's usual place).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or user_state_path("statewise", appauthor=False)) / FILE

    def done(self) -> dict[str, str]:
        """When each step was done first (ISO 8601, UTC), by the step's id; empty for a beginner.

        Raises:
            BrokenProgress: there is something else in the file.
        """
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise BrokenProgress(self.path, str(error)) from error
        if not isinstance(found, dict) or not all(isinstance(at, str) for at in found.values()):
            raise BrokenProgress(self.path, "it holds no object of times by step")
        return found

    def note(self, step: str) -> None:
        """Remember that a step was done; a second time changes nothing.

        Raises:
            BrokenProgress: the file cannot be read or written.
        """
        done = self.done()
        if step not in done:
            self._write({**done, step: datetime.now(UTC).isoformat(timespec="seconds")})

    def count(self, steps: Iterable[str]) -> int:
        """How many of these steps were done."""
        done = self.done()
        return sum(step in done for step in steps)

    def export(self) -> str:
        """All of it as JSON, for a person to keep or to hand in."""
        return json.dumps(self.done(), indent=1, sort_keys=True)

    def _write(self, done: dict[str, str]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Beside its place and then put there, so that nobody reads half a file (POSIX.1-2017, rename()).
            handle, part = tempfile.mkstemp(dir=self.path.parent, prefix=f".{FILE}.")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(done, file, indent=1, sort_keys=True)
            Path(part).replace(self.path)
        except OSError as error:
            raise BrokenProgress(self.path, error.strerror or str(error)) from error
