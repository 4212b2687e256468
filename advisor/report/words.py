"""The sentences that every form of a report says alike: plain text, without colour or markup."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from advisor.model import ComponentAdvice, Flip, Mechanism, Removal, Rulebook, ServiceClass, Value

if TYPE_CHECKING:  # advice, which has to be quick, compares nothing
    from advisor.model.comparison import Difference

EFFORTS = {1: "With another setting", 2: "With another design", 3: "With another product"}
"""How hard an answer is to change, by the `effort` of its question."""

NO_ADVICE = "no advice"
CONTRADICTED = "These answers contradict each other: together they leave no mechanism."
WAY_OUT = "Change one of them, or split the component in two."


def printable(text: str) -> str:
    """A text in one line without control characters, which could move a terminal's cursor and which XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def word(service_class: ServiceClass | None) -> str:
    """One of the three words, or that there is none."""
    return service_class.value if service_class else NO_ADVICE


def named(mechanism: Mechanism) -> str:
    """A mechanism by its label, with its id."""
    return f"{mechanism.label} ({mechanism.id})"


def margin(advice: ComponentAdvice, rulebook: Rulebook) -> str:
    """How sure the advice is, and against whom. Never a share of anything."""
    if advice.runner_up is None:
        return "Clear: the requirements leave nothing else."
    second = named(rulebook.mechanisms[advice.runner_up])
    if not advice.lead:
        others = f" and {len(advice.tied) - 1} more" if len(advice.tied) > 1 else ""
        return f"Toss-up: as many points as {second}{others}. The simplest wins a tie."
    return f"{advice.margin.capitalize()}: {points(advice.lead)} ahead of {second}."


def points(number: int) -> str:
    """So many points."""
    return "1 point" if number == 1 else f"{number} points"


def about(difference: "Difference") -> str:
    """What a difference is about."""
    return f"priority of {difference.about}" if difference.of_priority else difference.about


def answers(given: Mapping[str, Value] | Mapping[str, str]) -> str:
    """Answers as they would be written down."""
    return ", ".join(f"{question} = {shown(value)}" for question, value in given.items())


def shown(value: Value) -> str:
    """An answer: an option id as it is, a number with its thousands apart."""
    return value if isinstance(value, str) else f"{value:,.15g}"


def change(flip: Flip) -> str:
    """One changed answer."""
    return f"{flip.question}: {shown(flip.before)} → {shown(flip.after)}"


def removed(removal: Removal, rulebook: Rulebook) -> str:
    """What a requirement took out, or what it left if that is shorter to say."""
    kept = [name for name in rulebook.mechanisms if name not in removal.mechanisms]
    shorter = len(kept) < len(removal.mechanisms)
    return f"all but {', '.join(kept)}" if shorter else ", ".join(removal.mechanisms)


def undecided(components: tuple[ComponentAdvice, ...]) -> str:
    """Which components contradict themselves; empty when none does."""
    names = [printable(component.name) for component in components if component.contradiction]
    return f"Without {', '.join(names)}, whose answers contradict each other." if names else ""


def amount(value: float, unit: str) -> str:
    """A number as people say it: 81.9 MB, 2.2 MB/s, 667 per second."""
    if not unit.startswith("bytes"):
        return f"{value:,.0f} {unit}"
    for factor, prefix in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= factor:
            return f"{value / factor:,.1f} {prefix}{unit.removeprefix('bytes')}"
    return f"{value:,.0f} {unit}"


def signed(number: int, zero: str = "·") -> str:
    """Points with their sign, so that colour says nothing that the text does not."""
    return f"{number:+d}" if number else zero


def claims(advice: ComponentAdvice) -> list[str]:
    """The ids of the lab's claims that show the arguments for and against the winner, each once."""
    return list(dict.fromkeys(each.claim for each in advice.reasons if each.claim))


def lab(advice: ComponentAdvice) -> list[str]:
    """What to type in Python to see the claims measured; empty when there are none."""
    calls = [f'claims.run("{claim}")' for claim in claims(advice)]
    return ["from minisvc import claims", *calls] if calls else []


def enough(advice: ComponentAdvice, rulebook: Rulebook) -> str:
    """A smallest set of answers that decides by itself; empty when there is none to tell."""
    if advice.mechanism is None or not advice.sufficient:
        return ""
    all_needed = len(advice.sufficient) == len(rulebook.questions) - len(advice.unknown)
    rest = "every answer given is needed." if all_needed else "the other answers given could be anything."
    return f"{answers(advice.sufficient)}: {rest}"


def worth(advice: ComponentAdvice) -> list[tuple[str, str]]:
    """What the most worthwhile unknown would change: answers, and what they give; empty when nothing would."""
    if advice.worthwhile is None:
        return []
    given: dict[str | None, list[str]] = {}
    for answer, then in advice.worthwhile.outcomes.items():
        if then != advice.mechanism:
            given.setdefault(then, []).append(answer)
    return [(" or ".join(names), then or "a contradiction") for then, names in given.items()]


def mechanisms(advice: ComponentAdvice, rulebook: Rulebook) -> list[Mechanism]:
    """The primary mechanism and those beside it; none on a contradiction."""
    names = [advice.mechanism, *(each.mechanism for each in advice.also)] if advice.mechanism else []
    return [rulebook.mechanisms[str(name)] for name in names]
