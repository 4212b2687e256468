"""Grades, and what became of an exercise's own check, for a person to read in any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from minisvc.grading.exercise import Exercise
from minisvc.grading.grade import Grade
from minisvc.live.pen import Pen


def told(grades: Sequence[Grade], pen: Pen) -> Iterator[Text]:
    """Each submission with its points and reasons, then how many there are."""
    for each in grades:
        style = "green" if each.points == each.of and each.of else "yellow" if each.points else "bold red"
        points = Text(f"{each.points} of {each.of}", style)
        yield pen.ends(Text.assemble((each.submission, "bold"), f" {each.exercise}"), points)
        for words in (*each.reasons, *each.notes):
            yield from pen.wrapped(f"  {words}", indent=4)
    full = sum(each.points == each.of and each.of > 0 for each in grades)
    nothing = sum(not each.points for each in grades)
    took_s = sum(each.took_s for each in grades)
    said = f"{len(grades)} submission{'s' * (len(grades) != 1)}: {full} with all points, {nothing} with none "
    yield from pen.wrapped(f"{said}({took_s:.1f} s of grading)", "bold")


def listed(exercises: Sequence[Exercise], pen: Pen) -> Iterator[Text]:
    """All exercises, by lesson."""
    for each in exercises:
        about = f"lesson {each.lesson}, level {each.level}, {each.minutes} min, {each.points} points"
        name = Text(each.id, "bold")
        yield pen.ends(name, Text(about, "dim")) if pen.wide else name
        yield from pen.wrapped(f"  {each.objective}", indent=2)
        if not pen.wide:
            yield from pen.wrapped(f"  {about}", "dim", 2)


def verified(exercise: Exercise, faults: Sequence[str], wrong: int, pen: Pen) -> Iterator[Text]:
    """What the check of one exercise found."""
    mark, word, style = ("✓", "is sound", "green") if not faults else ("✗", "is not sound", "bold red")
    yield Text.assemble(pen.mark(mark, "+" if not faults else "x") + " ", (exercise.id, "bold"), " ", (word, style))
    for fault in faults:
        yield from pen.wrapped(f"  {fault}", indent=4)
    if not faults:
        said = f"The solution gets all {exercise.points} points, the release none,"
        said += f" and {wrong} wrong answers their reasons."
        yield from pen.wrapped(f"  {said}", indent=2)
