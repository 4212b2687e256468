"""Results as HTML: a card for a notebook, and a page that stands alone. Escaped by Jinja2."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from minisvc.claims.claim import GROUPS
from minisvc.claims.plot import svg
from minisvc.claims.result import MARKS, Result, percent, summary


def card(result: Result) -> str:
    """One result, to be displayed in a notebook or in a page."""
    return _templates().get_template("card.html").render(_facts(result))


def page(results: Sequence[Result]) -> str:
    """All results in one file without anything from elsewhere, by group."""
    cards = {each.claim.id: Markup(card(each)) for each in results}  # noqa: S704  # the template has escaped it
    groups = [(group, [each for each in results if each.claim.group == group]) for group in GROUPS]
    return (
        _templates()
        .get_template("page.html")
        .render(groups=[pair for pair in groups if pair[1]], cards=cards, marks=MARKS, summary=summary(results))
    )


def _facts(result: Result) -> dict[str, object]:
    picture = Markup(svg(result))  # noqa: S704  # matplotlib escapes its texts
    return {"result": result, "claim": result.claim, "mark": MARKS[result.verdict], "percent": percent, "svg": picture}


def _templates() -> Environment:
    return Environment(loader=PackageLoader("minisvc.claims"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
