"""The comparison as HTML: a table for a notebook, and a page that stands alone. Escaped by Jinja2."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from minisvc.claims import find
from minisvc.claims.claim import Claim
from minisvc.claims.comparison import CONCERNS, Comparison, Concern, mechanism_of
from minisvc.claims.comparison_run import Cell


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the template has it: `percent` is the length of its bar, 0 to 100; None draws none."""

    place: str
    cell: Cell
    percent: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A concern with the cells of all places."""

    concern: Concern
    cells: tuple[Shown, ...]


def table(comparison: Comparison) -> str:
    """The table, to be displayed in a notebook or in a page."""
    return _render("comparison.html", comparison)


def page(comparison: Comparison) -> str:
    """The same in one file without anything from elsewhere."""
    return _render("comparison_page.html", comparison, table=Markup(table(comparison)))  # noqa: S704  # escaped by itself


def _render(name: str, comparison: Comparison, **more: object) -> str:
    templates = Environment(
        loader=PackageLoader("minisvc.claims"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return templates.get_template(name).render(
        comparison=comparison,
        rows=[_row(comparison, each) for each in CONCERNS],
        places=[(each.name, mechanism_of(each)) for each in comparison.forms],
        claims=_cited(),
        **more,
    )


def _row(comparison: Comparison, concern: Concern) -> Row:
    parts = comparison.parts(concern)
    cells = (
        Shown(name, comparison.cells[name][concern.key], None if part is None else round(100 * part))
        for name, part in parts.items()
    )
    return Row(concern, tuple(cells))


def _cited() -> list[Claim]:
    """Every claim that a row names, once."""
    return [find(each) for each in dict.fromkeys(each for concern in CONCERNS for each in concern.claims)]
