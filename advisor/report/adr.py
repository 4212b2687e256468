"""Architecture Decision Records in the form of MADR 4 (adr.github.io/madr), one for each component."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from advisor.errors import AnswersError, Fault, Place
from advisor.model import Component, ComponentAdvice, Mechanism, Reason, Rulebook, Score
from advisor.report import words
from advisor.report.case import Case
from advisor.report.markdown import code, plain, removal

OPTIONS_ARGUED = 3
"""How many options besides the chosen one have their pros and cons told."""


@dataclass(frozen=True, slots=True)
class Record:
    """One decision: what its file is to be called, without number and suffix, and its text."""

    stem: str
    text: str


def text_of(case: Case) -> str:
    """All records of a system, one after the other, dated today. Raises what `records_of` does."""
    return "\n".join(record.text for record in records_of(case, date.today()))


def records_of(case: Case, day: date) -> tuple[Record, ...]:
    """A record for each component, proposed on a day.

    Raises:
        AnswersError: a component's answers contradict each other, so that there is no decision; names all such.
    """
    contradicted = [each.name for each in case.advice.components if each.mechanism is None]
    if contradicted:
        where = Place(case.file) if case.file else None
        told = 'component "{}" has no decision to record: its answers contradict each other.'
        raise AnswersError([Fault(where, told.format(name), words.WAY_OUT) for name in contradicted])
    return tuple(_record(component, advice, case, day) for component, advice in case.parts)


def _record(component: Component, advice: ComponentAdvice, case: Case, day: date) -> Record:
    chosen = case.rulebook.mechanisms[str(advice.mechanism)]
    title = f"{chosen.label} for {advice.name}"
    lines = [
        *("---", "status: proposed", f"date: {day.isoformat()}", "---", "", f"# {plain(title)}", ""),
        *("## Context and Problem Statement", "", *_context(component, case)),
        *("## Decision Drivers", "", *_drivers(advice, case.rulebook)),
        *("## Considered Options", "", *_bullets(plain(each.label) for each in _options(advice, case.rulebook)), ""),
        *("## Decision Outcome", "", *_outcome(advice, chosen, case.rulebook)),
        *("## Pros and Cons of the Options", "", *_options_argued(advice, case.rulebook)),
        *("## More Information", "", *_more(advice, case)),
    ]
    return Record(_stem(title), "\n".join(lines).rstrip("\n") + "\n")


def _stem(title: str) -> str:
    """A title as a file name: small letters, figures and dashes, at most 80 of them."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].rstrip("-")


def _context(component: Component, case: Case) -> Iterator[str]:
    yield f"Where should {plain(component.name)}, a part of {plain(case.answers.name)}, keep its state?"
    yield "What is known about it:"
    yield ""
    rulebook = case.rulebook
    for name, value in case.values(component).items():
        question = rulebook.questions[name]
        said = f"{words.shown(value)} {question.unit}" if question.is_number else question.label_of(str(value))
        yield f"* {plain(question.label)} {plain(said)} ({code(f'{name} = {words.shown(value)}')})"
    yield ""


def _drivers(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    concerns = dict.fromkeys(each.concern for each in advice.reasons if each.concern)
    for matter in (rulebook.concerns[str(name)] for name in concerns):
        yield f"* {plain(matter.label)}: {plain(matter.about)}"
    yield from (f"* Required: {removal(each, rulebook)}" for each in advice.ruled_out)
    if not concerns and not advice.ruled_out:
        yield "* Simplicity: no answer argues for anything"
    yield ""


def _options(advice: ComponentAdvice, rulebook: Rulebook) -> list[Mechanism]:
    return [rulebook.mechanisms[score.mechanism] for score in advice.scores]


def _outcome(advice: ComponentAdvice, chosen: Mechanism, rulebook: Rulebook) -> Iterator[str]:
    first = next((each.because for each in advice.reasons if each.points > 0), advice.reasons[0].because)
    yield f'Chosen option: "{plain(chosen.label)}", because {plain(_going_on(first))}'
    yield plain(words.margin(advice, rulebook))
    yield ""
    for companion in advice.also:
        beside = rulebook.mechanisms[companion.mechanism]
        yield f'Beside it "{plain(beside.label)}", because {plain(_going_on(companion.because))}'
        yield ""
    yield from ("### Consequences", "")
    yield from _bullets(_voice(each) for each in advice.reasons if each.points > 0)
    for risk in (risk for each in words.mechanisms(advice, rulebook) for risk in each.risks):
        told = f"Bad, because {plain(_going_on(risk.risk))} {plain(risk.mitigation)} ([source]({risk.source}))"
        yield f"* {told}"
    yield from ("", "### Confirmation", "")
    yield f"Ask again when an answer changes: {code('advisor recommend')} tells which changes would flip this."
    yield from (f"The lab shows it: {code(claim)}." for claim in words.claims(advice))
    yield ""


def _options_argued(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    for score in advice.scores[: OPTIONS_ARGUED + 1]:
        mechanism = rulebook.mechanisms[score.mechanism]
        yield from (f"### {plain(mechanism.label)}", "", plain(mechanism.summary), "")
        voices = list(_voices(score))
        yield from _bullets(map(_voice, voices) if voices else ["Neutral, because no answer speaks for or against it."])
        yield ""


def _voices(score: Score) -> Iterator[Reason]:
    for tally in score.tallies:
        yield from (each for each in (tally.best, tally.worst) if each)


def _voice(reason: Reason) -> str:
    word = "Good" if reason.points > 0 else "Bad"
    return (
        f"{word}, because {plain(_going_on(reason.because))} ({words.signed(reason.points)}, [source]({reason.source}))"
    )


def _more(advice: ComponentAdvice, case: Case) -> Iterator[str]:
    yield f"Points add up by concern, and mean nothing outside of this decision. Rules: {code(case.rulebook.file)}."
    if case.file:
        yield f"Answers: {code(case.file)}."
    yield ""
    if advice.flips:
        yield "Single answers that would change the decision, the easiest to change first:"
        yield ""
        yield from _bullets(f"{code(words.change(each))} gives {code(each.mechanism)}" for each in advice.flips)
    if words.enough(advice, case.rulebook):
        yield from ("", f"Enough by itself: {plain(words.enough(advice, case.rulebook))}")
    if advice.unknown:
        yield from ("", f"Unknown: {', '.join(map(code, advice.unknown))}.")


def _bullets(items: Iterable[str]) -> Iterator[str]:
    return (f"* {item}" for item in items)


def _going_on(sentence: str) -> str:
    """A sentence to follow "because": its first letter small, unless it begins an abbreviation."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
