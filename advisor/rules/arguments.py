"""The sections that argue: concerns, requirements, rules, companions."""

from collections.abc import Collection, Mapping

from advisor.checker import Checker
from advisor.model import CompanionRule, Concern, Condition, Requirement, Rule
from advisor.nodes import Node
from advisor.rules.vocabulary import source_of

Choices = Mapping[str, frozenset[str]]
"""What a condition may name: the choices by question or fact id."""

STRONGEST = 3


def concerns_of(node: Node, check: Checker) -> dict[str, Concern]:
    """Concerns by id."""
    found: dict[str, Concern] = {}
    for name, entry in check.mapping(node, "concerns", None).items():
        parts = check.mapping(entry, f'concern "{name}"', {"label", "about"}, ["label", "about"])
        label, about = (_text(parts, key, f'concern "{name}"', check) for key in ("label", "about"))
        found[name] = Concern(name, label, about)
    return found


def requirements_of(node: Node, known: Choices, mechanisms: Collection[str], check: Checker) -> tuple[Requirement, ...]:
    """Requirements in the file's order; none may remove every mechanism by itself."""
    keys = ("id", "when", "removes", "keeps", "because", "source")
    return tuple(
        Requirement(
            name,
            _condition(parts, what, known, check),
            _removed(entry, parts, what, mechanisms, check),
            _text(parts, "because", what, check),
            source_of(parts, what, check),
            entry.place,
        )
        for entry, parts, name, what in _entries(node, "requirement", keys, {"removes", "keeps"}, check)
    )


def _removed(
    entry: Node, parts: Mapping[str, Node], what: str, mechanisms: Collection[str], check: Checker
) -> frozenset[str]:
    if ("removes" in parts) == ("keeps" in parts):
        check.fault(entry, f"{what} needs either removes or keeps.", "List what goes, or list what stays.")
        return frozenset()
    key = "removes" if "removes" in parts else "keeps"
    named = frozenset(check.names(parts[key], f"{key} of {what}", mechanisms, "mechanism"))
    removed = named if key == "removes" else frozenset(mechanisms) - named
    sound = len(named) == len(parts[key].items)  # a list with faults of its own is not blamed twice
    if removed == frozenset(mechanisms) and mechanisms and sound:
        check.fault(parts[key], f"{what} leaves no mechanism at all.", "Keep at least one.")
    return removed


def rules_of(
    node: Node, known: Choices, mechanisms: Collection[str], concerns: Collection[str], check: Checker
) -> tuple[Rule, ...]:
    """Rules in the file's order."""
    keys = ("id", "concern", "when", "points", "because", "source", "lesson", "claim")
    found = []
    for entry, parts, name, what in _entries(node, "rule", keys, {"lesson", "claim"}, check):
        concern = check.name(parts["concern"], f"concern of {what}", concerns, "concern") if "concern" in parts else ""
        found.append(
            Rule(
                name,
                concern or "",
                _condition(parts, what, known, check),
                _points(parts, what, mechanisms, check),
                _text(parts, "because", what, check),
                source_of(parts, what, check),
                _text(parts, "lesson", what, check) or None,
                _text(parts, "claim", what, check) or None,
                entry.place,
            )
        )
    return tuple(found)


def _points(parts: Mapping[str, Node], what: str, mechanisms: Collection[str], check: Checker) -> dict[str, int]:
    found: dict[str, int] = {}
    if "points" not in parts:
        return found
    entries = check.mapping(parts["points"], f"points of {what}", mechanisms)
    if parts["points"].kind == "mapping" and not parts["points"].pairs:
        check.fault(parts["points"], f"{what} gives no points.", "Name at least one mechanism.")
    for mechanism, node in entries.items():
        points = check.integer(node, f"points of {what} for {mechanism}", -STRONGEST, STRONGEST)
        if points == 0:
            check.fault(node, f"{what} gives {mechanism} 0 points, which says nothing.", "Leave it out.")
        found[mechanism] = points or 0
    return found


def companions_of(node: Node, known: Choices, mechanisms: Collection[str], check: Checker) -> tuple[CompanionRule, ...]:
    """Companion rules in the file's order; a mechanism is no companion of itself."""
    keys = ("id", "when", "with", "add", "because", "source")
    found = []
    for entry, parts, name, what in _entries(node, "companion", keys, set(), check):
        primaries = check.names(parts["with"], f"with of {what}", mechanisms, "mechanism") if "with" in parts else ()
        adds = check.name(parts["add"], f"add of {what}", mechanisms, "mechanism") if "add" in parts else None
        if adds in primaries:
            check.fault(parts["add"], f"{what} adds {adds} to itself.", "Take it out of `with`.")
        found.append(
            CompanionRule(
                name,
                _condition(parts, what, known, check),
                frozenset(primaries),
                adds or "",
                _text(parts, "because", what, check),
                source_of(parts, what, check),
                entry.place,
            )
        )
    return tuple(found)


def _entries(
    node: Node, noun: str, keys: tuple[str, ...], optional: set[str], check: Checker
) -> list[tuple[Node, dict[str, Node], str, str]]:
    """For each entry of a list: its node, its parts, its id, and how messages call it."""
    found: list[tuple[Node, dict[str, Node], str, str]] = []
    seen: set[str] = set()
    for entry in check.sequence(node, f"{noun}s"):
        number = len(found) + 1
        given = next((value for key, value in entry.pairs if key.value == "id"), None)
        shown = f'{noun} "{given.value}"' if given and isinstance(given.value, str) else f"{noun} {number}"
        parts = check.mapping(entry, shown, keys, [key for key in keys if key not in optional])
        name = _text(parts, "id", shown, check)
        if name and name in seen:
            check.fault(parts["id"], f'there are two {noun}s with the id "{name}".', "Give one another id.")
        seen.add(name)
        found.append((entry, parts, name, shown))
    return found


def _condition(parts: Mapping[str, Node], what: str, known: Choices, check: Checker) -> Condition:
    if "when" not in parts:
        return Condition(())
    terms = check.mapping(parts["when"], f"when of {what}", known)
    if parts["when"].kind == "mapping" and not parts["when"].pairs:
        check.fault(parts["when"], f"{what} has no condition.", "Name at least one question.")
    return Condition(
        tuple(
            (
                question,
                frozenset(check.names(value, f"{question} of {what}", known[question], f"answer to {question}")),
            )
            for question, value in terms.items()
        )
    )


def _text(parts: Mapping[str, Node], key: str, what: str, check: Checker) -> str:
    """A text that is there; one that is missing was reported with the mapping, unless optional."""
    return (check.text(parts[key], f"{key} of {what}") or "") if key in parts else ""
