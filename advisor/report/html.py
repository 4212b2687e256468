"""The report as one HTML file that stands alone: light and dark, for screen and print, nothing from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from advisor.engine.alternatives import alternatives_of
from advisor.model import Alternative, Component, ComponentAdvice, Concern, Mechanism, Value
from advisor.report import svg, words
from advisor.report.case import Case
from advisor.report.picture import picture_of

STRONGEST = 3
"""Cells of the heat map that are stronger look like this strong."""


@dataclass(frozen=True, slots=True)
class Section:
    """What the page says about one component, put so that the template decides nothing."""

    advice: ComponentAdvice
    anchor: str
    mechanisms: list[Mechanism]
    margin: str
    picture: Markup
    keeps: bool
    concerns: list[Concern]
    alternatives: tuple[Alternative, ...]
    enough: str
    worth: list[tuple[str, str]]
    lab: list[str]
    values: Mapping[str, Value]


def text_of(case: Case) -> str:
    """The whole page. It is well-formed XML too, so that other tools can read it."""
    pages = Environment(
        loader=PackageLoader("advisor.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
    return pages.get_template("report.html.jinja").render(
        advice=case.advice,
        book=case.rulebook,
        file=case.file,
        sections=list(_sections(case)),
        undecided=words.undecided(case.advice.components),
        style=Markup(_style()),  # noqa: S704  # our own file
        contradicted=words.CONTRADICTED,
        way_out=words.WAY_OUT,
        efforts={effort: said.removeprefix("With ") for effort, said in words.EFFORTS.items()},
        heat=heat,
        site=_site,
        word=words.word,
        signed=words.signed,
        answers=words.answers,
        removed=words.removed,
        amount=words.amount,
        shown=words.shown,
    )


def heat(points: int) -> str:
    """The class of a cell in the heat map: for-1 to for-3, against-1 to against-3; empty for 0."""
    if not points:
        return ""
    return f"{'for' if points > 0 else 'against'}-{min(abs(points), STRONGEST)}"


def _sections(case: Case) -> Iterator[Section]:
    for number, (component, advice) in enumerate(case.parts, start=1):
        yield _section(f"component-{number}", component, advice, case)


def _section(anchor: str, component: Component, advice: ComponentAdvice, case: Case) -> Section:
    book, values, picture = case.rulebook, case.values(component), picture_of(advice, case.rulebook)
    return Section(
        advice=advice,
        anchor=anchor,
        mechanisms=words.mechanisms(advice, book),
        margin=words.margin(advice, book),
        picture=Markup(svg.inline(picture) if picture else ""),  # noqa: S704  # it escapes what it is given
        keeps=picture is not None and any(part.keeps for part in picture.parts),
        concerns=[each for each in book.concerns.values() if any(one.in_concern(each.id) for one in advice.scores)],
        alternatives=alternatives_of(book, values, case.answers.priorities),
        enough=words.enough(advice, book),
        worth=words.worth(advice),
        lab=words.lab(advice),
        values=values,
    )


def _style() -> str:
    return files("advisor.report").joinpath("page", "report.css").read_text(encoding="utf-8") + svg.STYLE


def _site(address: str) -> str:
    """The host of an address, as the text of a link to it."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def _printable(value: object) -> object:
    """A value for the page without the control characters that neither HTML nor XML can hold."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return words.printable(value)
