"""What every other answer to every question would give."""

from collections.abc import Iterator, Mapping

from advisor.engine.facts import facts_of
from advisor.engine.weigh import winner_of
from advisor.model import Alternative, Question, Rulebook, Value
from advisor.space.scales import Scales


def alternatives_of(
    rulebook: Rulebook, values: Mapping[str, Value], priorities: Mapping[str, int]
) -> tuple[Alternative, ...]:
    """For each question, in the order of the file, the winner with each answer; one answer is changed at a time.

    Args:
        rulebook: the rules.
        values: known answers by question id.
        priorities: 0, 1 or 2 by concern id; what is missing counts as 1.
    """
    scales = Scales(rulebook, priorities)
    return tuple(
        Alternative(
            question.id,
            question.choice_of(values[question.id]) if question.id in values else None,
            {
                choice: winner_of(scales, facts_of(rulebook, {**values, question.id: value}))
                for choice, value in answers_to(question, values.get(question.id))
            },
        )
        for question in rulebook.questions.values()
    )


def answers_to(question: Question, now: Value | None) -> Iterator[tuple[str, Value]]:
    """A value for each option or band; a number that is known stays as it is in its own band."""
    if not question.is_number:
        yield from ((option.id, option.id) for option in question.options)
        return
    here = None if now is None else question.choice_of(now)
    for band in question.bands:
        yield band.id, now if now is not None and band.id == here else band.low
