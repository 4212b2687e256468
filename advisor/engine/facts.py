"""What is known about a component: the choices that conditions look at, and the figures."""

from collections.abc import Mapping
from math import prod

from advisor.model import UNKNOWN, AnswerFile, Component, Figure, Rulebook, Value
from advisor.model.vocabulary import band_of

TIMES = "\N{MULTIPLICATION SIGN}"
TOKEN_GROWTH = 4 / 3
"""Base64 writes three bytes as four characters (RFC 4648, section 4)."""


def values_of(rulebook: Rulebook, file: AnswerFile, component: Component) -> dict[str, Value]:
    """The answers that count for a component, by question id; a nearer one hides a farther one.

    Nearest first: its own, the system's, its archetype's. `UNKNOWN` hides too, and is left out.
    """
    supplied = rulebook.archetypes[component.archetype].answers if component.archetype else {}
    merged: dict[str, Value] = {**supplied, **file.system, **component.answers}
    return {question: value for question, value in merged.items() if value != UNKNOWN}


def facts_of(rulebook: Rulebook, values: Mapping[str, Value]) -> dict[str, str]:
    """The known choices by question or fact id: options, and bands of numbers."""
    known = {question: rulebook.questions[question].choice_of(value) for question, value in values.items()}
    for fact in rulebook.facts.values():
        product = _product(fact.factors, values)
        if product is not None:
            known[fact.id] = band_of(fact.bands, product)
    return known


def _product(questions: tuple[str, ...], values: Mapping[str, Value]) -> float | None:
    numbers = [value for question in questions if not isinstance(value := values.get(question, ""), str)]
    return prod(numbers) if len(numbers) == len(questions) else None


def figures_of(values: Mapping[str, Value]) -> tuple[Figure, ...]:
    """The figures that the known numbers allow, each with its formula."""
    sessions, rate, size = (values.get(name) for name in ("sessions", "requests_per_second", "bytes_per_session"))
    found = []
    if isinstance(sessions, int | float) and isinstance(size, int | float):
        formula = f"sessions {TIMES} bytes per session = {sessions:,.15g} {TIMES} {size:,.15g}"
        found.append(Figure("session_memory", "memory for all sessions", sessions * size, "bytes", formula))
    if isinstance(rate, int | float) and isinstance(size, int | float):
        formula = f"requests/s {TIMES} bytes per session {TIMES} 4/3 = {rate:,.15g} {TIMES} {size:,.15g} {TIMES} 4/3"
        extra = rate * size * TOKEN_GROWTH
        found.append(Figure("token_bytes", "extra bytes if clients carry the session", extra, "bytes/s", formula))
    if isinstance(sessions, int | float):
        formula = f"sessions ÷ instances ÷ 10 s = {sessions:,.15g} ÷ 3 ÷ 10 (spread by jitter)"
        found.append(Figure("reconnects", "reconnects after one of 3 crashes", sessions / 30, "per second", formula))
    if isinstance(rate, int | float):
        formula = f"requests/s {TIMES} (1 read + 1 write) = {rate:,.15g} {TIMES} 2"
        found.append(
            Figure("store_operations", "store operations if sessions are shared", rate * 2, "per second", formula)
        )
    return tuple(found)
