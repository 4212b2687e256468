"""Checks of what learners change, with a reason a row, and hints that go further each time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from minisvc.course.html import Html, inline, table
from minisvc.course.lesson import Row
from minisvc.course.lessons import find_check
from minisvc.course.progress import BrokenProgress, Progress


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a change: shown as a table in a notebook.

    Attributes:
        asks: the task.
        rows: all that was asked for, each with its reason.
        remark: what else a learner should know; "" for nothing.
    """

    asks: str
    rows: tuple[Row, ...]
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether every row holds."""
        return all(row.holds for row in self.rows)

    @property
    def verdict(self) -> str:
        """In words, what is to be done now."""
        held = sum(row.holds for row in self.rows)
        said = "All of it holds." if self.passed else f"{held} of {len(self.rows)} hold. Change it, and check again."
        return f"{said} {self.remark}".strip()

    def __str__(self) -> str:
        lines = [f"{'✓' if row.holds else '✗'} {row.asks}{': ' if row.reason else ''}{row.reason}" for row in self.rows]
        return "\n".join([self.asks, *lines, self.verdict])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [(row.asks, "✓ yes" if row.holds else "✗ not yet", row.reason) for row in self.rows]
        found = table(("Asked for", "Holds", "Why not"), rows)
        return f"<p><b>{inline(self.asks)}</b></p>{found}<p>{inline(self.verdict)}</p>"


def check(name: str, change: Any) -> Checked:
    """Try a learner's `change` against the check `name`; passing it is a step of the lesson.

    Whatever the change raises becomes a row, so that a notebook runs on.

    Raises:
        UnknownName: there is no such check.
    """
    found = find_check(name)
    rows = list[Row]()
    try:
        rows.extend(found.examine(change))
    except Exception as error:  # noqa: BLE001  # a learner's own fault, of whatever kind, is told in the table
        rows.append(Row("it runs to its end", False, f"it ended with {type(error).__name__}: {error}"))
    checked = Checked(found.asks, tuple(rows))
    if checked.passed:
        try:
            Progress().note(name)
        except BrokenProgress as broken:
            return replace(checked, remark=str(broken))
    return checked


def hint(name: str, step: int = 1) -> Html:
    """The first, second or third hint (`step` 1 to 3) of the check `name`, with those before it.

    Raises:
        UnknownName: there is no such check.
        ValueError: there is no such step.
    """
    hints = find_check(name).hints
    if not 1 <= step <= len(hints):
        raise ValueError(f"hint {step} is not there; steps are 1 to {len(hints)}, and each goes further")
    told = "".join(f"<li>{inline(each)}</li>" for each in hints[:step])
    more = f'<p>For more: <code>hint("{name}", {step + 1})</code>.</p>' if step < len(hints) else ""
    return Html(f"<ol>{told}</ol>{more}", "\n".join(hints[:step]))
