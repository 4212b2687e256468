"""The last result of each claim on this machine, for whoever asks next time.

One small file a claim, in the person's own state folder and never in a checkout, so that two runs at once cannot lose
each other's results; each is written beside its place and then put there (rename is atomic, POSIX.1-2017, rename()).
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from minisvc.claims.result import MARKS, Result
from minisvc.errors import MinisvcError


class CannotKeep(MinisvcError):
    """A result cannot be written down; `path` is where."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"Results cannot be kept in {path}: {reason}.\n  They are shown all the same.")


class BrokenRecord(MinisvcError):
    """Files of former results that nobody can read. `faults` has one sentence a file, all of them at once."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults) + "\n  Remove what is named; the next run writes it anew.")


@dataclass(frozen=True, slots=True)
class Last:
    """What a claim came to when it was last tried here.

    Attributes:
        verdict: "holds", "refuted" or "inconclusive".
        seed: of that run.
        at: when, in ISO 8601 with its offset.
        duration_s: how long it took.
    """

    verdict: str
    seed: int
    at: str
    duration_s: float

    @property
    def day(self) -> str:
        """The date alone, in this machine's time zone."""
        return datetime.fromisoformat(self.at).astimezone().date().isoformat()


class History:
    """Former results in a folder.

    Args:
        folder: None is the person's own state folder (`XDG_STATE_HOME` or the system's usual place).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or user_state_path("statewise", appauthor=False) / "claims"

    def keep(self, result: Result, now: datetime | None = None) -> None:
        """Remember a result in place of the one before.

        Raises:
            CannotKeep: the folder or the file cannot be written.
        """
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        last = Last(result.verdict, result.seed, at, round(result.duration_s, 3))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(self._file(result.claim.id), json.dumps(asdict(last)) + "\n")
        except OSError as error:
            raise CannotKeep(self.folder, error.strerror or str(error)) from error

    def all(self) -> dict[str, Last]:
        """The last result of each claim that was ever tried here, by id.

        Raises:
            BrokenRecord: with every file that is no result.
        """
        found, faults = dict[str, Last](), list[str]()
        for path in sorted(self.folder.glob("*.json")):
            try:
                found[path.stem] = _read(json.loads(path.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue  # removed while we looked
            except (OSError, ValueError) as error:
                faults.append(f"{path} holds no result of a claim: {error}.")
        if faults:
            raise BrokenRecord(faults)
        return found

    def _file(self, claim_id: str) -> Path:
        return self.folder / f"{claim_id}.json"


def _replace(path: Path, text: str) -> None:
    """Let a file hold this text: the whole of it, or what it held before."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _read(said: Any) -> Last:
    """What a file says; raises ValueError where it is no result."""
    names = [each.name for each in fields(Last)]
    if not isinstance(said, dict) or sorted(said) != sorted(names):
        raise ValueError(f"it must be an object of {', '.join(names)}")
    if said["verdict"] not in MARKS:
        raise ValueError(f"its verdict is {said['verdict']!r}")
    if not isinstance(said["at"], str):
        raise ValueError(f"its time is {said['at']!r}")  # noqa: TRY004  # of a file, not of a caller
    datetime.fromisoformat(said["at"])
    return Last(**said)
