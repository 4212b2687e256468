"""Plain HTML that a notebook shows as it is: it survives saving, web pages and exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

LEFT = 'style="text-align:left"'
"""JupyterLab aligns tables to the right."""


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML, and the same in words."""

    source: str
    words: str = ""

    def __repr__(self) -> str:
        return self.words or self.source

    def _repr_html_(self) -> str:
        return self.source


def inline(text: str) -> str:
    """A text, escaped; what stands between backquotes is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], strong: int = 1) -> str:
    """A table of texts, which are escaped. The cells of the column `strong` (0 is the first) are bold."""
    top = "".join(f"<th {LEFT}>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{_cells(row, strong)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _cells(row: Sequence[str], strong: int) -> str:
    cells = [f"<b>{inline(text)}</b>" if column == strong else inline(text) for column, text in enumerate(row)]
    return "".join(f"<td {LEFT}>{cell}</td>" for cell in cells)
