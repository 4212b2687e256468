"""Exercises for others: a student's copy, a source for an nbgrader course, and a template for one of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from minisvc.errors import MinisvcError
from minisvc.grading import shelf
from minisvc.grading.shelf import FILE, Set

TEMPLATE = "counter-anywhere"
"""The simplest of the shipped ones: the one to start from."""
CONFIG = "nbgrader_config.py"
SETTINGS = """# Exercises of statewise are asked from outside: autograde runs no line that a student wrote.
from minisvc.grading.in_nbgrader import configure

configure(get_config())
"""


class NotHandedOut(MinisvcError):
    """Something is there already, or cannot be written; nothing is written over."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} is left alone: {reason}.\n  Name another folder, or remove what is there.")


def release(found: Set, folder: Path) -> Path:
    """The student's copy, without solutions, in a folder; returns the file.

    An exercise of one's own goes with its exercise.py, for students have only the shipped ones.

    Raises:
        NoAnswers: the exercise's notebook is not here.
        NotHandedOut: there is a file already.
    """
    return _put(found, folder, released=True)


def source(found: Set, course: Path) -> Path:
    """The notebook with its solution, where nbgrader wants it: COURSE/source/ID/ID.ipynb; raises as `release`."""
    return _put(found, course / "source" / found.exercise.id, released=False)


def settings(course: Path) -> str:
    """Put nbgrader's settings into a course, by which exercises are graded from outside; returns what was done.

    Settings that are there already are left alone: then it says what to add, and "" where that is in them.
    """
    path = course / CONFIG
    if not path.exists():
        path.write_text(SETTINGS, encoding="utf-8")
        return f"Written: {path}"
    if "in_nbgrader" in path.read_text(encoding="utf-8"):
        return ""
    return f"{path} has settings of yours, and is left alone. Add to it:\n\n{SETTINGS}"


def template(found: Set, folder: Path) -> Path:
    """A new exercise in a folder, which is the id: a copy of another, to be changed.

    Raises:
        NoAnswers: the other's notebook is not here.
        NotHandedOut: the folder is there already.
    """
    if folder.exists():
        raise NotHandedOut(folder, "it exists")
    book, old, new = found.source(), found.exercise.id, folder.name
    (folder / "wrong").mkdir(parents=True)
    (folder / FILE).write_text(found.file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    for path in sorted((found.folder / "wrong").glob("*.py")):
        text = path.read_text(encoding="utf-8").replace(old, new)
        (folder / "wrong" / path.name).write_text(text, encoding="utf-8")
    book.renamed(old, new).write(folder / f"{new}.ipynb")
    return folder


def _put(found: Set, folder: Path, *, released: bool) -> Path:
    book, path = found.source(), folder / f"{found.exercise.id}.ipynb"
    if path.exists():
        raise NotHandedOut(path, "it exists")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (book.released() if released else book).write(path)
        _copy_definition(found, folder)
    except OSError as error:
        raise NotHandedOut(path, error.strerror or str(error)) from None
    return path


def _copy_definition(found: Set, folder: Path) -> None:
    if not found.folder.is_relative_to(shelf.root().resolve()):
        shutil.copyfile(found.file, folder / FILE)
