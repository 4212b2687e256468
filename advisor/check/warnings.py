"""What an author should look at: arguments without effect, and things that nobody can reach."""

from collections.abc import Iterable, Iterator

from advisor.errors import Fault, Place
from advisor.model import Mechanism, Requirement, Rule, Rulebook
from advisor.space.dead import Autopsy


def warnings_of(book: Rulebook, never_win: Iterable[Mechanism] = ()) -> tuple[Fault, ...]:
    """All warnings in the file's order. `never_win` are the mechanisms that win no answer set."""
    autopsy = Autopsy(book)
    found = [
        *(_never_wins(mechanism) for mechanism in never_win),
        *_questions(book, autopsy),
        *_archetypes(book, autopsy),
        *(fault for each in book.requirements for fault in _requirement(each, autopsy)),
        *(fault for each in book.rules for fault in _rule(each, autopsy)),
        *_companions(book, autopsy),
    ]
    return tuple(sorted(found, key=lambda fault: _position(fault.place)))


def _never_wins(mechanism: Mechanism) -> Fault:
    hint = "Give it a rule that speaks for it, or take it out."
    return Fault(mechanism.place, f'mechanism "{mechanism.id}" never wins, whatever is answered.', hint)


def _rule(rule: Rule, autopsy: Autopsy) -> Iterator[Fault]:
    if autopsy.never_fires(rule):
        hint = "Its conditions exclude each other: change one."
        yield Fault(rule.place, f'rule "{rule.id}" never fires, whatever is answered.', hint)
        return
    louder = autopsy.repeats(rule)
    if louder:
        message = f'rule "{rule.id}" never counts: whenever it fires, "{louder.id}" says the same or more.'
        yield Fault(rule.place, message, "Strengthen it, or take it out.")
    elif autopsy.decides(rule) is None:
        message = f'rule "{rule.id}" never decides: without it every answer set has the same winner.'
        yield Fault(rule.place, message, "Strengthen it, or take it out.")


def _requirement(requirement: Requirement, autopsy: Autopsy) -> Iterator[Fault]:
    if autopsy.never_fires(requirement):
        hint = "Its conditions exclude each other: change one."
        yield Fault(requirement.place, f'requirement "{requirement.id}" never fires, whatever is answered.', hint)
    elif autopsy.idle(requirement) == requirement.removes:
        message = f'requirement "{requirement.id}" removes nothing that others do not remove whenever it fires.'
        yield Fault(requirement.place, message, "Take it out, or let it remove more.")


def _questions(book: Rulebook, autopsy: Autopsy) -> Iterator[Fault]:
    for question in book.questions.values():
        if autopsy.unasked(question.id):
            message = f'question "{question.id}" is asked for nothing: no rule or requirement looks at it.'
            yield Fault(Place(book.file), message, "Write a rule for it, or take it out.")
            continue
        for choice in question.choices:
            if autopsy.impossible({question.id: choice}):
                message = f"{question.id}: {choice} leaves no mechanism, whatever else is answered."
                yield Fault(Place(book.file), message, "Let a requirement keep one more.")


def _archetypes(book: Rulebook, autopsy: Autopsy) -> Iterator[Fault]:
    for archetype in book.archetypes.values():
        if autopsy.impossible(archetype.answers):
            message = f'archetype "{archetype.id}" supplies answers that together leave no mechanism.'
            yield Fault(Place(book.file), message, "Change one of its answers.")


def _companions(book: Rulebook, autopsy: Autopsy) -> Iterator[Fault]:
    for companion in book.companions:
        if not autopsy.joins(companion):
            message = f'companion "{companion.id}" never joins: none of its primaries wins where it fires.'
            yield Fault(companion.place, message, "Change its conditions or its primaries.")


def _position(place: Place | None) -> tuple[int, int]:
    return (place.line or 0, place.column or 0) if place else (0, 0)
