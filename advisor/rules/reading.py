"""From a text to a `Rulebook`, or to every fault that the text has."""

from advisor.checker import Checker
from advisor.document import parse
from advisor.errors import Fault, Place, RulesError
from advisor.model import Rulebook
from advisor.nodes import Node
from advisor.rules.arguments import companions_of, concerns_of, requirements_of, rules_of
from advisor.rules.classes import component_classes_of, system_classes_of
from advisor.rules.vocabulary import archetypes_of, facts_of, mechanisms_of, questions_of, words_of

SECTIONS = (
    "words",
    "questions",
    "facts",
    "mechanisms",
    "archetypes",
    "concerns",
    "requirements",
    "rules",
    "companions",
    "classes",
)


def rulebook_of(text: str, file: str = "rules.yaml") -> Rulebook:
    """The rulebook in a text; `file` names it in messages.

    Raises:
        FileError: the text is not YAML.
        RulesError: it breaks the rule scheme; carries every fault.
    """
    check = Checker(strict_words=True)
    book = _rulebook(parse(text, file), file, check)
    if check.faults:
        raise RulesError(sorted(check.faults, key=_position))
    return book


def _rulebook(root: Node, file: str, check: Checker) -> Rulebook:
    parts = check.mapping(root, "a rules file", {"version", *SECTIONS}, ["version", *SECTIONS])
    if "version" in parts:
        check.integer(parts["version"], "version", 1, 1)
    empty = Node((), "mapping", root.place)
    words, questions, facts, mechanisms, archetypes, concerns, requirements, rules, companions, classes = (
        parts.get(name, empty) for name in SECTIONS
    )
    asked = questions_of(questions, check)
    derived = facts_of(facts, asked, check)
    known = {name: frozenset(question.choices) for name, question in asked.items()}
    known |= {name: frozenset(fact.choices) for name, fact in derived.items()}
    catalogue = mechanisms_of(mechanisms, check)
    matters = concerns_of(concerns, check)
    return Rulebook(
        file=file,
        words=words_of(words, check),
        questions=asked,
        facts=derived,
        mechanisms=catalogue,
        archetypes=archetypes_of(archetypes, asked, check),
        concerns=matters,
        requirements=requirements_of(requirements, known, catalogue, check),
        rules=rules_of(rules, known, catalogue, matters, check),
        companions=companions_of(companions, known, catalogue, check),
        component_classes=component_classes_of(classes, check),
        system_classes=system_classes_of(classes, check),
    )


def _position(fault: Fault) -> tuple[int, int]:
    place = fault.place or Place("")
    return (place.line or 0, place.column or 0)
