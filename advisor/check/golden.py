"""Golden cases: answers, and the advice that the rules have to give on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor.answers import given_of
from advisor.checker import Checker
from advisor.document import parse, read_text
from advisor.engine import advise
from advisor.errors import AnswersError, Fault, Place
from advisor.model import AnswerFile, Component, Rulebook, ServiceClass
from advisor.nodes import Node

CLASSES = tuple(each.value for each in ServiceClass)
KEYS = ("name", "archetype", "answers", "system", "overall", "mechanism", "source")


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """One case.

    Attributes:
        overall: the words that are right; empty when any is.
        mechanism: the primary mechanism that is right; None when any is.
        place: where the case stands.
    """

    file: AnswerFile
    overall: tuple[str, ...]
    mechanism: str | None
    place: Place


def load_golden(path: Path, rulebook: Rulebook) -> tuple[GoldenCase, ...]:
    """The golden cases in a file, in its order, or in every .yaml file of a folder, by their names.

    Raises:
        FileError: a file cannot be read, or is not YAML.
        AnswersError: one says something that the rules do not know; carries every fault.
    """
    check = Checker()
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    found = tuple(case for file in files for case in _read(file, rulebook, check))
    if check.faults:
        raise AnswersError(check.faults)
    return found


def disagreements(rulebook: Rulebook, cases: tuple[GoldenCase, ...]) -> tuple[Fault, ...]:
    """A fault for each case on which the rules give other advice."""
    return tuple(fault for case in cases for fault in _disagreement(rulebook, case))


def _disagreement(rulebook: Rulebook, case: GoldenCase) -> Iterator[Fault]:
    advice = advise(rulebook, case.file)
    got = advice.components[0].mechanism or "a contradiction"
    hint = "See which rules speak: `advisor recommend` with these answers."
    if case.overall and advice.overall not in case.overall:
        wanted = " or ".join(case.overall)
        message = f'golden case "{case.file.name}" wants {wanted}, but gets {advice.overall or "no word"} ({got}).'
        yield Fault(case.place, message, hint)
    elif case.mechanism and case.mechanism != advice.components[0].mechanism:
        yield Fault(case.place, f'golden case "{case.file.name}" wants {case.mechanism}, but gets {got}.', hint)


def _read(path: Path, rulebook: Rulebook, check: Checker) -> Iterator[GoldenCase]:
    parts = check.mapping(parse(read_text(path), str(path)), "a file of golden cases", ("version", "cases"), ["cases"])
    if "cases" in parts:
        yield from _cases(parts["cases"], rulebook, check)


def _cases(node: Node, rulebook: Rulebook, check: Checker) -> Iterator[GoldenCase]:
    system = {question.id: question for question in rulebook.system_questions}
    for number, entry in enumerate(check.sequence(node, "cases"), start=1):
        what = f"golden case {number}"
        parts = check.mapping(entry, what, KEYS, ["name", "answers"])
        if not ("overall" in parts or "mechanism" in parts):
            check.fault(entry, f"{what} expects nothing.", "Add `overall: [...]` or `mechanism: ...`.")
        name = check.text(parts["name"], f"name of {what}") if "name" in parts else None
        archetype = (
            check.name(parts["archetype"], f"archetype of {what}", rulebook.archetypes, "archetype")
            if "archetype" in parts
            else None
        )
        answers = (
            given_of(parts["answers"], rulebook.questions, f"answers of {what}", check) if "answers" in parts else {}
        )
        component = Component(name or what, archetype, answers)
        yield GoldenCase(
            AnswerFile(
                name or what,
                (component,),
                given_of(parts["system"], system, f"system of {what}", check) if "system" in parts else {},
            ),
            check.names(parts["overall"], f"overall of {what}", CLASSES, "class") if "overall" in parts else (),
            check.name(parts["mechanism"], f"mechanism of {what}", rulebook.mechanisms, "mechanism")
            if "mechanism" in parts
            else None,
            entry.place,
        )
