"""Which single answer, changed, would change the winner."""

from collections.abc import Iterator, Mapping

from advisor.engine.facts import facts_of
from advisor.engine.weigh import winner_of
from advisor.model import UNKNOWN, Flip, Question, Value
from advisor.space.scales import Scales


def flips_of(scales: Scales, values: Mapping[str, Value], winner: str) -> tuple[Flip, ...]:
    """Every change of one known answer to another known one that gives another winner, cheapest first.

    A change that would contradict another answer is no flip.
    """
    rulebook = scales.rulebook
    known = facts_of(rulebook, values)
    found = []
    for question in rulebook.questions.values():
        if question.id not in values:
            continue
        for other in _others(question, values[question.id]):
            changed = {**known, question.id: str(other)}
            if question.is_number:  # facts follow from it
                changed = facts_of(rulebook, {**values, question.id: other})
            then = winner_of(scales, changed)
            if then not in {None, winner}:
                found.append(Flip(question.id, values[question.id], other, str(then), question.effort))
    return tuple(sorted(found, key=lambda flip: flip.effort))


def _others(question: Question, now: Value) -> Iterator[Value]:
    """The other options, or for a number the start of each other band."""
    if not question.is_number:
        yield from (option.id for option in question.options if option.id not in {now, UNKNOWN})
        return
    here = question.choice_of(now)
    yield from (band.low for band in question.bands if band.id != here)
