"""The report for a person as plain text: 80 columns, no colour."""

from io import StringIO

from rich.console import Console

from advisor.report.case import Case
from advisor.report.screen import show

COLUMNS = 80


def text_of(case: Case) -> str:
    """What a terminal of 80 columns shows."""
    out = StringIO()
    show(case.advice, case.rulebook, Console(file=out, width=COLUMNS, color_system=None, highlight=False))
    return out.getvalue()
