"""Where exercises are, and how one is read: a folder with `exercise.py`, and for who has the answers a notebook too."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from minisvc.errors import MinisvcError, did_you_mean
from minisvc.grading import notebook
from minisvc.grading.exercise import Exercise, ExerciseError

FILE = "exercise.py"
NAME = "EXERCISE"
SHELVES = "STATEWISE_EXERCISES"
_HEAD = re.compile(r"\A# fails: (?P<fails>\S+)\n# reason: (?P<reason>[^\n]+)\n")


class UnknownExercise(MinisvcError):
    """There is no exercise of that name."""

    def __init__(self, asked: str, known: tuple[str, ...]) -> None:
        self.asked, self.known = asked, known
        super().__init__(f"There is no exercise {asked!r}.{did_you_mean(asked, known)}")


class NoAnswers(MinisvcError):
    """An exercise without its notebook: what is installed has none, so that learners have no answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} has no {folder.name}.ipynb, so there are no answers here.\n"
            "  Notebooks with solutions are in the project's checkout, in exercises/; name a folder there."
        )


@dataclass(frozen=True, slots=True)
class Wrong:
    """A known wrong answer: `source` in place of the answer must fail the check `fails` for a reason with `reason`."""

    name: str
    fails: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Set:
    """An exercise and the folder that it is in."""

    exercise: Exercise
    folder: Path

    @property
    def file(self) -> Path:
        """The definition, which a submission may read."""
        return self.folder / FILE

    def source(self) -> notebook.Notebook:
        """The notebook with its solution.

        Raises:
            NoAnswers: there is none here.
            UnreadableNotebook: what is there is none.
        """
        path = self.folder / f"{self.exercise.id}.ipynb"
        if not path.is_file():
            raise NoAnswers(self.folder)
        return notebook.read(path)

    def wrong(self) -> tuple[Wrong, ...]:
        """The known wrong answers, one a file in `wrong/`, each with two lines on top that say what it must get.

        Raises:
            ExerciseError: with every file that does not say so.
        """
        found, faults = [], []
        for path in sorted((self.folder / "wrong").glob("*.py")):
            source = path.read_text(encoding="utf-8")
            head = _HEAD.match(source)
            if head:
                found.append(Wrong(path.stem, head["fails"], head["reason"].strip(), source))
            else:
                faults.append(
                    f'wrong/{path.name} must begin with "# fails: CHECK" and "# reason: WORDS OF THE REASON".'
                )
        if faults:
            raise ExerciseError(str(self.folder), faults)
        return tuple(found)


def root() -> Path:
    """Where the shipped exercises are: inside the installed package (without answers), or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "exercises"
    return inside if inside.is_dir() else package.parent / "exercises"


def ids() -> tuple[str, ...]:
    """The shipped exercises' ids, by lesson and level."""
    found = [_read(each.parent) for each in root().glob(f"*/{FILE}")]
    return tuple(each.exercise.id for each in sorted(found, key=lambda each: _order(each.exercise)))


def find(asked: str) -> Set:
    """The exercise of that id, or the one in that folder (a word with a slash, or ".").

    An id is looked for among the shipped ones, in the folders that the variable STATEWISE_EXERCISES names (with ":"
    between them), and in the folder where this program runs, as that of a notebook that came with its exercise.py.

    Raises:
        UnknownExercise: there is none.
        ExerciseError: it is there, and cannot be set.
    """
    for folder in _places(asked):
        if (folder / FILE).is_file():
            found = _read(folder.resolve())
            if "/" in asked or asked in {".", found.exercise.id}:
                return found
    raise UnknownExercise(asked, tuple(sorted(each.parent.name for each in root().glob(f"*/{FILE}"))))


def _places(asked: str) -> list[Path]:
    if "/" in asked or asked == ".":
        return [Path(asked)]
    shelves = [Path(each) for each in os.environ.get(SHELVES, "").split(os.pathsep) if each]
    return [root() / asked, *(each / asked for each in shelves), Path.cwd()]


def _read(folder: Path) -> Set:
    path = folder / FILE
    module = ModuleType(f"exercise_{folder.name.replace('-', '_')}")
    module.__file__ = str(path)
    # Dataclasses look up the module that they are made in.
    sys.modules[module.__name__] = module
    try:
        # Not by an import: that would leave a folder of bytecode among exercises that may be handed out.
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), module.__dict__)  # noqa: S102
    except MinisvcError:
        raise
    except Exception as error:
        raise ExerciseError(str(path), [f"it cannot be read: {type(error).__name__}: {error}."]) from error
    found = getattr(module, NAME, None)
    if not isinstance(found, Exercise):
        raise ExerciseError(str(path), [f"it must define {NAME} = Exercise(...)."])
    return Set(found, folder)


def _order(exercise: Exercise) -> tuple[str, int, str]:
    return exercise.lesson, exercise.level, exercise.id
