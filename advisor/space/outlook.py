"""What the answers so far already settle, what is still open, and what is most worth finding out."""

from collections.abc import Iterator, Mapping

from advisor.model import Question, Rulebook, Value, Worthwhile
from advisor.space.answered import Answered
from advisor.space.compiled import bits_of
from advisor.space.scales import Scales
from advisor.space.search import lowest


def settled(rulebook: Rulebook, values: Mapping[str, Value], priorities: Mapping[str, int]) -> str | None:
    """The mechanism that wins whatever the unanswered questions are answered, unknown included.

    Args:
        rulebook: the rules.
        values: the known answers by question id, as `values_of` gives them.
        priorities: 0, 1 or 2 by concern id; what is missing counts as 1.

    Returns:
        None when that is open, or when the answers contradict each other.
    """
    return settled_by(Answered(Scales(rulebook, priorities), values))


def settled_by(answered: Answered) -> str | None:
    """See `settled`."""
    box = answered.box(answered.values)
    winner = answered.space.winner_at(lowest(box))
    if winner is None or answered.search.challenge(box, winner) is not None:
        return None
    return answered.space.scales.names[winner]


def open_questions(
    rulebook: Rulebook, values: Mapping[str, Value], priorities: Mapping[str, int], *, patience: int | None = None
) -> frozenset[str]:
    """The unanswered questions that can still change the winner, for some answers to the others.

    A contradiction counts as a winner of its own. `patience` is how many boxes to look into in all;
    a question that is not proven closed by then counts as open. None: until it is proven, which may take
    seconds where little is answered.
    See `settled` for the other arguments.
    """
    return open_in(Answered(Scales(rulebook, priorities), values), patience)


def open_in(answered: Answered, patience: int | None = None) -> frozenset[str]:
    """See `open_questions`."""
    from advisor.space.sway import Swing  # noqa: PLC0415  # only an interview pays for this import

    box = answered.box(answered.values)
    winner = answered.space.winner_at(lowest(box))
    if answered.search.challenge(box, winner) is None:
        return frozenset()
    left = patience
    found = set()
    for name in answered.unknown:
        swing = Swing(answered, name, left)
        if swing.exists(box):
            found.add(name)
        left = None if left is None else swing.patience
    return frozenset(found)


def worthwhile(rulebook: Rulebook, values: Mapping[str, Value], priorities: Mapping[str, int]) -> Worthwhile | None:
    """The unanswered question most worth finding out, the others staying unknown.

    It is the one with the most answers that would change the winner; among equals, the first that is asked.

    Returns:
        None when no single answer would change the winner.
    """
    return worthwhile_in(Answered(Scales(rulebook, priorities), values))


def worthwhile_in(answered: Answered) -> Worthwhile | None:
    """See `worthwhile`."""
    space = answered.space
    now = space.winner_at(lowest(answered.box(answered.values, answered.unknown)))
    best: Worthwhile | None = None
    for name in answered.unknown:
        outcomes = dict(_outcomes(answered, space.scales.rulebook.questions[name]))
        changes = sum(winner != now for winner in outcomes.values())
        if changes > (best.changes if best else 0):
            named = {choice: None if won is None else space.scales.names[won] for choice, won in outcomes.items()}
            best = Worthwhile(name, named, changes)
    return best


def _outcomes(answered: Answered, question: Question) -> Iterator[tuple[str, int | None]]:
    """By answer: who wins then. A band in which that depends on a fact is told apart by the fact."""
    at = answered.axis_of(question.id)
    axis = answered.space.axes[at]
    others = [name for name in answered.unknown if name != question.id]
    point = lowest(answered.box(answered.values, answered.unknown))
    box = answered.box(answered.values, others)
    found: dict[str, dict[str, int | None]] = {choice: {} for choice in question.choices}
    for class_ in bits_of(box[at]):
        winner = answered.space.winner_at((*point[:at], class_, *point[at + 1 :]))
        for number in answered.space.members[at][class_]:
            choices = axis.cells[number].choices
            if question.id in choices and answered.stands(number, question.id):
                facts = [
                    f"{name} {choice}"
                    for name, choice in choices.items()
                    if name in answered.space.scales.rulebook.facts
                ]
                found[choices[question.id]][", ".join(facts)] = winner
    for choice, winners in found.items():
        if len(set(winners.values())) == 1:
            yield choice, next(iter(winners.values()))
        else:
            yield from ((f"{choice}: {facts}", winner) for facts, winner in winners.items())
