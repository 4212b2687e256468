"""Which submissions there are: files, and folders as nbgrader collects them (student/assignment/notebook.ipynb)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from minisvc.errors import MinisvcError
from minisvc.grading import notebook, shelf
from minisvc.grading.shelf import Set

SKIPPED = ".ipynb_checkpoints"


class NoSubmissions(MinisvcError):
    """Words that lead to no submission. `faults` has one sentence for each, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([*self.faults, "  Name notebooks, or folders that hold some."]))


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission: whose or which it is, its file, and its exercise (None if it cannot be told)."""

    name: str
    path: Path
    found: Set | None


def entries(asked: Iterable[str], exercise: Set | None = None) -> list[Entry]:
    """All submissions at these files and folders, by name; `exercise` says which it is in all of them.

    Raises:
        NoSubmissions: with every word that leads to none.
    """
    faults, files = list[str](), dict[Path, Path]()
    for each in asked:
        here = Path(each)
        some = list(_notebooks(here)) if here.is_dir() else [here] if here.is_file() else []
        if not some:
            faults.append(f"{each} {'holds no notebook' if here.exists() else 'does not exist'}.")
        files |= {path.resolve(): path.relative_to(here) if here.is_dir() else Path(path.name) for path in some}
    if faults:
        raise NoSubmissions(faults)
    known = {} if exercise else {each: shelf.find(each) for each in shelf.ids()}
    found = [_entry(path, shown, exercise, known) for path, shown in files.items()]
    return sorted(found, key=lambda each: (each.name, str(each.path)))


def _notebooks(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.ipynb")) if SKIPPED not in path.parts and path.is_file())


def _entry(path: Path, shown: Path, exercise: Set | None, known: dict[str, Set]) -> Entry:
    found = exercise or known.get(_named(path)) or next((known[each] for each in known if _tells(path, each)), None)
    # What only repeats the exercise tells nobody apart.
    own = [part for part in shown.with_suffix("").parts if not found or part != found.exercise.id]
    return Entry("/".join(own) or path.parent.name, path, found)


def _named(path: Path) -> str:
    try:
        return notebook.read(path).exercise
    except notebook.UnreadableNotebook:
        return ""


def _tells(path: Path, exercise_id: str) -> bool:
    """Whether a path says which exercise it is: its folder, as with nbgrader, or its name."""
    return path.parent.name == exercise_id or exercise_id in path.stem
