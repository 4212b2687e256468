"""Reads and writes answer files. Whatever is not allowed is reported, all of it at once."""

from collections.abc import Mapping
from pathlib import Path

from advisor.checker import MOST, Checker
from advisor.document import parse, read_text, write_text
from advisor.errors import AnswersError, Fault, Place, did_you_mean
from advisor.model import UNKNOWN, AnswerFile, Component, Question, Rulebook, Value
from advisor.nodes import Node

VERSION = 1
KEYS = ("version", "name", "system", "components", "archetype", "answers", "priorities")
SHORT = ("archetype", "answers")


def load_answers(path: Path, rulebook: Rulebook, *, unfinished: bool = False) -> AnswerFile:
    """The answers in a YAML or JSON file; an `unfinished` one may have no components yet.

    Raises:
        FileError: the file cannot be read, or is neither YAML nor JSON.
        AnswersError: it says something that the questions do not allow; carries every fault.
    """
    return answers_of(read_text(path), rulebook, str(path), unfinished=unfinished)


def answers_of(text: str, rulebook: Rulebook, file: str = "answers", *, unfinished: bool = False) -> AnswerFile:
    """The answers in a text; `file` names it in messages. See `load_answers`.

    Raises:
        FileError: the text is neither YAML nor JSON.
        AnswersError: it says something that the questions do not allow; carries every fault.
    """
    check = Checker()
    found = _answer_file(parse(text, file), rulebook, check)
    if not (found.components or unfinished or check.faults):
        hint = f"Describe at least one: `- name: ...`, or finish the interview: advisor resume {file}"
        check.faults.append(Fault(Place(file), "there are no components.", hint))
    if check.faults:
        raise AnswersError(check.faults)
    return found


def _answer_file(root: Node, rulebook: Rulebook, check: Checker) -> AnswerFile:
    parts = check.mapping(root, "an answer file", KEYS, ["version"] if root.pairs else [])
    if "version" in parts and (parts["version"].kind != "int" or parts["version"].value != VERSION):
        shown = parts["version"].value if parts["version"].kind in {"int", "float", "str"} else "no number"
        check.fault(parts["version"], f"version is {shown}; this advisor reads 1.", "Write `version: 1`.")
    system = parts.get("system")
    short = [key for key in SHORT if key in parts]
    if "components" in parts and short:
        check.fault(parts[short[0]], f"{short[0]} and components exclude each other.", "Move it into a component.")
    elif root.pairs and "components" not in parts and not short:
        check.fault(root, "there is nothing to advise on.", "Add `components:`, or `answers:` for a single one.")
    name = check.text(parts["name"], "name") if "name" in parts else None
    components = (
        _components(parts["components"], rulebook, check)
        if "components" in parts
        else (_component(name or "service", parts, rulebook, check),)
    )
    return AnswerFile(
        name=name or "unnamed system",
        components=components,
        system=given_of(system, {q.id: q for q in rulebook.system_questions}, "system", check) if system else {},
        priorities=_priorities(parts["priorities"], rulebook, check) if "priorities" in parts else {},
    )


def _components(node: Node, rulebook: Rulebook, check: Checker) -> tuple[Component, ...]:
    found: list[Component] = []
    for number, entry in enumerate(check.sequence(node, "components"), start=1):
        what = f"component {number}"
        parts = check.mapping(entry, what, ("name", *SHORT), ["name"])
        name = check.text(parts["name"], f"name of {what}") if "name" in parts else None
        if name in [each.name for each in found]:
            check.fault(parts["name"], f'there are two components with the name "{name}".', "Rename one of them.")
        found.append(_component(name or what, parts, rulebook, check))
    return tuple(found)


def _component(name: str, parts: Mapping[str, Node], rulebook: Rulebook, check: Checker) -> Component:
    archetype = (
        check.name(parts["archetype"], f"archetype of {name}", rulebook.archetypes, "archetype")
        if "archetype" in parts
        else None
    )
    answers = given_of(parts["answers"], rulebook.questions, f"answers of {name}", check) if "answers" in parts else {}
    return Component(name, archetype, answers)


def given_of(node: Node, questions: Mapping[str, Question], what: str, check: Checker) -> dict[str, Value]:
    """The answers in a node by question id; `what` names it in faults."""
    found: dict[str, Value] = {}
    for name, value in check.mapping(node, what, questions).items():
        answer = _answer(value, questions[name], what, check)
        if answer is not None:
            found[name] = answer
    return found


def _answer(node: Node, question: Question, what: str, check: Checker) -> Value | None:
    label = f"{question.id} in {what}"
    if node.value == UNKNOWN:
        return UNKNOWN
    if question.is_number:
        return check.number(node, label)
    return check.name(node, label, (*question.choices, UNKNOWN), f"answer to {question.id}")


def _priorities(node: Node, rulebook: Rulebook, check: Checker) -> dict[str, int]:
    found: dict[str, int] = {}
    for concern, value in check.mapping(node, "priorities", rulebook.concerns).items():
        priority = check.integer(value, f"priority of {concern}", 0, 2)
        if priority is not None:
            found[concern] = priority
    return found


def value_of(text: str, question: Question) -> Value:
    """The answer that somebody typed: an option id, a number, or `unknown`.

    Raises:
        AnswersError: the question does not allow it; says what it allows.
    """
    typed = text.strip()
    if typed == UNKNOWN or (not question.is_number and typed in question.choices):
        return typed
    if not question.is_number:
        raise AnswersError([Fault(None, f'"{typed}" is no answer here.', did_you_mean(typed, question.choices))])
    try:
        number = float(typed.replace(",", "").replace("_", "").replace(" ", ""))
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:
        raise AnswersError([Fault(None, f'"{typed}" is no number from 0 to {MOST:,.0f}.', "Digits only, as in 20000.")])
    return int(number) if number.is_integer() else number


def save_answers(path: Path, file: AnswerFile) -> None:
    """Write an answer file whole or not at all: a crash leaves the old one.

    Raises:
        FileError: the folder cannot be written to.
    """
    write_text(path, written(file), what="the answers", hint="Name another place: advisor --answers FILE.")


def written(file: AnswerFile) -> str:
    """The YAML text of an answer file, laid out as a person would write it."""
    lines = [f"version: {VERSION}", f"name: {_scalar(file.name)}"]
    if file.system:
        lines += ["system:", *_entries(file.system, "  ")]
    if file.priorities:
        lines += ["priorities:", *_entries(file.priorities, "  ")]
    lines.append("components:" if file.components else "components: []")
    for component in file.components:
        lines.append(f"  - name: {_scalar(component.name)}")
        if component.archetype:
            lines.append(f"    archetype: {_scalar(component.archetype)}")
        if component.answers:
            lines += ["    answers:", *_entries(component.answers, "      ")]
    return "\n".join(lines) + "\n"


def _entries(answers: Mapping[str, Value], indent: str) -> list[str]:
    return [f"{indent}{question}: {_scalar(value)}" for question, value in answers.items()]


def _scalar(value: Value) -> str:
    """A scalar that YAML 1.1 and 1.2 tools read alike: quoted unless it is a plain word."""
    if not isinstance(value, str):
        return repr(value)
    words = value.replace("_", "").replace(" ", "").replace("-", "")
    safe = words.isascii() and words.isalpha() and value == value.strip() and value[0].isalpha()
    if safe and value.lower() not in {"yes", "no", "on", "off", "y", "n", "true", "false", "null"}:
        return value
    return '"' + "".join(_escaped(letter) for letter in value) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
