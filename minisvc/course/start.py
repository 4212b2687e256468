"""The start page: the map of the lessons, and how far a person has come."""

from __future__ import annotations

from html import escape

from minisvc.course.html import LEFT, Html
from minisvc.course.lesson import Lesson
from minisvc.course.lessons import LESSONS
from minisvc.course.progress import Progress


def progress() -> Html:
    """Every lesson with what of it is done, and which comes next. It is kept on this machine alone.

    Raises:
        BrokenProgress: the file that it is kept in cannot be read.
    """
    kept = Progress()
    done = {lesson.number: kept.count(lesson.steps) for lesson in LESSONS}
    rows = "".join(_row(lesson, done[lesson.number]) for lesson in LESSONS)
    head = "<tr>" + "".join(f"<th {LEFT}>{each}</th>" for each in ("Lesson", "Done", "Minutes", "Before it")) + "</tr>"
    words = "\n".join(f"{each.number} {each.title}: {done[each.number]} of {len(each.steps)}" for each in LESSONS)
    return Html(f"<table>{head}{rows}</table><p>{_next(done)}</p>", words)


def export_progress() -> str:
    """All steps and when they were done, as JSON, to keep or to hand in. Raises `BrokenProgress`."""
    return Progress().export()


def lesson_map() -> str:
    """The map as a Markdown table, as it stands on the start page."""
    head = ["| lesson | you will | minutes | before it |", "|---|---|---|---|"]
    rows = [
        f"| [{each.number} {each.title}]({each.notebook}) | {_afterwards(each)} | {each.minutes} | {_needs(each)} |"
        for each in LESSONS
    ]
    return "\n".join(head + rows)


def _row(lesson: Lesson, done: int) -> str:
    mark = " ✓" if done == len(lesson.steps) else ""
    title = f'<a href="{escape(lesson.notebook)}">{escape(f"{lesson.number} {lesson.title}")}</a>'
    bar = f'<progress value="{done}" max="{len(lesson.steps)}"></progress> {done} of {len(lesson.steps)}{mark}'
    cells = (title, bar, str(lesson.minutes), _needs(lesson))
    return "<tr>" + "".join(f"<td {LEFT}>{cell}</td>" for cell in cells) + "</tr>"


def _next(done: dict[str, int]) -> str:
    waiting = [each for each in LESSONS if done[each.number] < len(each.steps)]
    if not waiting:
        return "You have done all of it."
    return f'Next: <a href="{escape(waiting[0].notebook)}">{escape(waiting[0].title)}</a>.'


def _afterwards(lesson: Lesson) -> str:
    return lesson.outcome[0].lower() + lesson.outcome[1:].rstrip(".")


def _needs(lesson: Lesson) -> str:
    return ", ".join(lesson.needs) or "nothing"
