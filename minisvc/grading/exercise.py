"""What an exercise is, as data. The checks are functions; all else is words and numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from minisvc.errors import MinisvcError

if TYPE_CHECKING:
    from minisvc.grading.trial import Trial

LEVELS = (1, 2, 3)
HINTS = 3
APP = "create_app"
LAYOUT = "layout"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class ExerciseError(MinisvcError):
    """An exercise that cannot be set. `faults` holds one sentence for each, all of them at once."""

    def __init__(self, where: str, faults: list[str]) -> None:
        self.where, self.faults = where, tuple(faults)
        super().__init__("\n".join(f"{where}: {fault}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked of a submission.

    Attributes:
        name: a word or two with hyphens, such as "any-instance".
        points: 1 or more.
        says: what holds if it passes, one sentence.
        run: asks; returns if it holds, raises `Failed` with the reason if not.
    """

    name: str
    points: int
    says: str
    run: Callable[[Trial], None]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes:
        id: its folder's name, such as "counter-anywhere".
        title: a few words.
        lesson: the number of the lesson before it, such as "01".
        level: 1 (change one thing), 2 (write a part) or 3 (find out what is needed, and write it).
        minutes: how long a learner takes.
        objective: what a learner can do afterwards, one sentence.
        asks: this student's own numbers in words, with a {name} for each of `numbers`; "" where there are none.
        numbers: the values that each number may have; a student's name chooses.
        hints: three, each going further than the one before.
        checks: in order; each runs for itself.
        exports: variables of the notebook that the checks look at; an exercise without "layout" needs `create_app`.
    """

    id: str
    title: str
    lesson: str
    level: int
    minutes: int
    objective: str
    hints: tuple[str, ...]
    checks: tuple[Check, ...]
    asks: str = ""
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    exports: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = [fault for fault in self._faults() if fault]
        if faults:
            raise ExerciseError(f"exercise {self.id!r}", faults)

    @property
    def points(self) -> int:
        """All that can be had."""
        return sum(each.points for each in self.checks)

    @property
    def serves(self) -> bool:
        """Whether a submission is an app, and not a layout."""
        return LAYOUT not in self.exports

    def numbers_of(self, student: str) -> dict[str, int]:
        """A student's own numbers: always the same for a name, whatever its spaces and capitals."""
        # Without the exercise's id, so that a copy of an exercise under another id keeps its solution.
        signed = " ".join(student.casefold().split())
        found = {}
        for name, values in self.numbers.items():
            drawn = hashlib.sha256(f"{signed}/{name}".encode()).digest()
            found[name] = values[int.from_bytes(drawn[:8], "big") % len(values)]
        return found

    def asks_of(self, student: str) -> str:
        """What is asked of this student, in words."""
        return self.asks.format(**self.numbers_of(student))

    def _faults(self) -> list[str]:
        names = [each.name for each in self.checks]
        named = set(re.findall(r"\{(\w+)\}", self.asks))
        return [
            "" if _ID.fullmatch(self.id) else "its id must be like counter-anywhere: small letters, digits, hyphens.",
            "" if re.fullmatch(r"\d\d", self.lesson) else f'lesson is {self.lesson!r}; it must be like "03".',
            "" if self.level in LEVELS else f"level is {self.level!r}; it must be 1, 2 or 3.",
            "" if 1 <= self.minutes <= 240 else f"minutes is {self.minutes!r}; it must be 1 to 240.",
            "" if self.objective.strip() else "objective is empty; say what a learner can do afterwards.",
            "" if len(self.hints) == HINTS else f"it has {len(self.hints)} hints; give {HINTS}, each going further.",
            "" if self.checks else "it has no check.",
            "" if len(set(names)) == len(names) else "two checks have one name.",
            *("" if _ID.fullmatch(each) else f"the check {each!r} must be named like any-instance." for each in names),
            *("" if each.points >= 1 else f'the check "{each.name}" has {each.points} points.' for each in self.checks),
            *("" if each in self.numbers else f"asks names {{{each}}}, which is none of numbers." for each in named),
            *("" if values else f"numbers has no value for {name}." for name, values in self.numbers.items()),
        ]
