"""What happened, as plain HTML made from measured figures: it survives saving, nbviewer and export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from minisvc.claims import Result
from minisvc.course.html import Html, table
from minisvc.panel.question import Asked

WHERE = {
    "memory": "in the instance's own memory",
    "signed_cookie": "with the customer, in a signed cookie",
    "redis": "in a store that all instances share",
}

Figure = float | str | Sequence[str]
"""A number, words, or the names of those who lost something."""


def what_happened(
    figures: Mapping[str, Figure], guess: Asked | None = None, *, about: str = "Figure", results: Sequence[Result] = ()
) -> Html:
    """A table of what a lesson measured, by label, and a comparison with the `guess`.

    Names that lost something are counted, and then named. The `results` of claims add a row each. `about` heads the
    labels.
    """
    rows = [(WHERE.get(label, label), *_told(figure)) for label, figure in figures.items()]
    rows += [(f"claim {each.claim.id}", each.verdict, each.claim.says) for each in results]
    head = (about, "", "Whose" if any(_is_names(each) for each in figures.values()) else "")
    return Html(table(head, rows) + _compared(guess), "\n".join(": ".join(row[:2]) for row in rows))


def _told(figure: Figure) -> tuple[str, str]:
    if isinstance(figure, str):
        return figure, ""
    if isinstance(figure, Sequence):
        return str(len(figure)), ", ".join(figure) or "none"
    return f"{figure:.3g}" if isinstance(figure, float) else str(figure), ""


def _is_names(figure: Figure) -> bool:
    return isinstance(figure, Sequence) and not isinstance(figure, str)


def _compared(guess: Asked | None) -> str:
    if guess is None or guess.answer is None:
        return "<p>You made no guess this time. Guess first: what surprises you stays with you.</p>"
    verdict = "That is what happened." if guess.right else "It went otherwise: compare it with the table."
    return f"<p>You guessed: <i>{escape(guess.answer.words)}</i>. {verdict}</p>"
