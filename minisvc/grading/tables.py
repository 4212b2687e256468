"""Grades as CSV, one line a submission, and as a page that stands alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader

from minisvc.grading.grade import Grade

COLUMNS = ("submission", "student", "exercise", "points", "of", "reasons", "notes", "took_s")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(grades: Sequence[Grade]) -> str:
    """A header line and one line a submission; several reasons are in one cell, a line each.

    A cell that a spreadsheet would take for a formula begins with ' (OWASP, "CSV Injection"): a student signs as they
    like.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for each in grades:
        words = (each.submission, each.student, each.exercise)
        told = ("\n".join(each.reasons), "\n".join(each.notes))
        lines.writerow([*map(_text, words), each.points, each.of, *map(_text, told), each.took_s])
    return out.getvalue()


def as_html(grades: Sequence[Grade]) -> str:
    """All grades with every check, in one file without anything from elsewhere. Escaped by Jinja2."""
    loader = PackageLoader("minisvc.grading")
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return templates.get_template("grades.html").render(grades=grades)


def _text(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULA) else words
