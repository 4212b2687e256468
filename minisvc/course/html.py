"""Plain HTML that a notebook shows as it is: it survives saving, web pages and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML, and the same in words."""

    source: str
    words: str = ""

    def __repr__(self) -> str:
        return self.words or self.source

    def _repr_html_(self) -> str:
        return self.source


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts, which are escaped. The cells of the second column, the figures, are bold."""
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(map(_cell, range(len(row)), row))}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _cell(column: int, text: str) -> str:
    inner = f"<b>{escape(text)}</b>" if column == 1 else escape(text)
    return f'<td style="text-align:left">{inner}</td>'
