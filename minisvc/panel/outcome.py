"""What happened, as plain HTML made from measured figures: it survives saving, nbviewer and export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from minisvc.panel.question import Asked

WHERE = {
    "memory": "in the instance's own memory",
    "signed_cookie": "with the customer, in a signed cookie",
    "redis": "in a store that all instances share",
    "memcached": "in a store that all instances share, in memory alone",
}


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML that a notebook shows as it is."""

    source: str

    def _repr_html_(self) -> str:
        return self.source


def what_happened(losers: Mapping[str, Sequence[str]], guess: Asked | None = None) -> Html:
    """A table of who lost a cart, by where carts lived, and a comparison with the `guess`.

    `losers` maps each state mechanism to the names of the customers who were contradicted; an empty
    sequence means that nobody lost anything.
    """
    rows = "".join(_row(state, names) for state, names in losers.items())
    head = "<tr><th>Where carts live</th><th>Carts lost</th><th>Whose</th></tr>"
    return Html(f"<table>{head}{rows}</table>{_compared(guess)}")


def _row(state: str, names: Sequence[str]) -> str:
    whose = escape(", ".join(names)) or "none"
    return f"<tr><td>{escape(WHERE.get(state, state))}</td><td><b>{len(names)}</b></td><td>{whose}</td></tr>"


def _compared(guess: Asked | None) -> str:
    if guess is None or guess.answer is None:
        return "<p>You made no guess this time. Guess first: what surprises you stays with you.</p>"
    verdict = "That is what happened." if guess.right else "It went otherwise: look at the first row."
    return f"<p>You guessed: <i>{escape(guess.answer.words)}</i>. {verdict}</p>"
