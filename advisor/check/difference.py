"""What an edit of the rules changes, over every possible set of answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from advisor.errors import Fault, Place, RulesError
from advisor.model import Fact, Question, Rulebook
from advisor.space.census import Tally, count_changes
from advisor.space.contest import contest_of
from advisor.space.examples import shortest
from advisor.space.scales import Scales


@dataclass(frozen=True, slots=True)
class Difference:
    """The answer sets that have another winner after an edit.

    Attributes:
        size: how many answer sets there are.
        changed: how many of them have another winner.
        moves: how many, by the winner before and after (None: nothing was left), most first.
        example: the known choices of one answer set of the first move; None when nothing changed.
    """

    size: int
    changed: int
    moves: Mapping[tuple[str | None, str | None], int]
    example: Mapping[str, str] | None


def difference_of(old: Rulebook, new: Rulebook, progress: Callable[[float], None] | None = None) -> Difference:
    """What changes from one rulebook to another. An option that only one of them knows, the other ignores.

    Raises:
        RulesError: they divide a number into different bands, so their answer sets cannot be compared.
    """
    before, after = _alike(old, new)
    census = count_changes(contest_of(before, after), progress)
    moves = {(outcome[0], outcome[1]): tally for outcome, tally in census.outcomes.items() if outcome[0] != outcome[1]}
    ordered = sorted(moves.items(), key=lambda move: -move[1].sets)
    first: Tally | None = ordered[0][1] if ordered else None
    return Difference(
        census.size,
        sum(tally.sets for _, tally in ordered),
        {move: tally.sets for move, tally in ordered},
        shortest(first.example, before, after, result=Scales.winner) if first and first.example else None,
    )


def _alike(old: Rulebook, new: Rulebook) -> tuple[Rulebook, Rulebook]:
    """Both rulebooks, with the questions of both."""
    moved = [name for name, each in old.questions.items() if _bands(each) != _bands(new.questions.get(name, each))]
    moved += [name for name, each in old.facts.items() if _factors(each) != _factors(new.facts.get(name, each))]
    faults = [
        Fault(Place(new.file), f"{name} has other bands than in {old.file}.", "Compare rules over the same bands.")
        for name in moved
    ]
    if faults:
        raise RulesError(faults)
    questions = {**old.questions, **new.questions}
    for name, question in questions.items():
        if name in old.questions and not question.is_number:
            known = {option.id: option for option in (*old.questions[name].options, *question.options)}
            questions[name] = question._replace(options=tuple(known.values()))
    facts = {**old.facts, **new.facts}
    return old._replace(questions=questions, facts=facts), new._replace(questions=questions, facts=facts)


def _bands(question: Question) -> tuple[tuple[str, float], ...]:
    return tuple((band.id, band.low) for band in question.bands)


def _factors(fact: Fact) -> tuple[object, ...]:
    return (*sorted(fact.factors), *((band.id, band.low) for band in fact.bands))
