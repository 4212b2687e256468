"""The sections that name things: words, questions, facts, mechanisms, archetypes."""

from collections.abc import Mapping

from advisor.checker import Checker
from advisor.model import UNKNOWN, Archetype, Band, Fact, Mechanism, Option, Question, Risk, ServiceClass
from advisor.nodes import Node

CLASSES = tuple(each.value for each in ServiceClass)


def words_of(node: Node, check: Checker) -> dict[ServiceClass, str]:
    """The definitions of the three words."""
    parts = check.mapping(node, "words", CLASSES, CLASSES)
    return {ServiceClass(name): check.text(value, f"words.{name}") or "" for name, value in parts.items()}


def questions_of(node: Node, check: Checker) -> dict[str, Question]:
    """Questions by id, those about the system first."""
    found: dict[str, Question] = {}
    scopes = check.mapping(node, "questions", {"system", "component"}, ["system", "component"])
    for scope in ("system", "component"):
        entries = check.mapping(scopes[scope], f"questions.{scope}", None) if scope in scopes else {}
        for name, entry in entries.items():
            if name in found:
                check.fault(entry, f'the question "{name}" is asked twice.', "Give one another id.")
            found[name] = _question(name, entry, scope == "system", check)
    return found


def _question(name: str, node: Node, of_system: bool, check: Checker) -> Question:
    what = f'question "{name}"'
    parts = check.mapping(
        node, what, {"label", "why", "effort", "options", "bands", "unit"}, ["label", "why", "effort"]
    )
    if ("options" in parts) == ("bands" in parts):
        check.fault(node, f"{what} needs either options or bands.", "Options to choose from, bands for a number.")
    return Question(
        id=name,
        label=_text(parts, "label", what, check),
        why=_text(parts, "why", what, check),
        effort=(check.integer(parts["effort"], f"effort of {what}", 1, 3) if "effort" in parts else 1) or 1,
        of_system=of_system,
        options=_options(parts["options"], what, check) if "options" in parts else (),
        bands=_bands(parts["bands"], what, check) if "bands" in parts else (),
        unit=_text(parts, "unit", what, check),
    )


def _options(node: Node, what: str, check: Checker) -> tuple[Option, ...]:
    found = []
    for name, entry in check.mapping(node, f"options of {what}", None).items():
        if name == UNKNOWN:
            check.fault(entry, f'{what} has an option "{UNKNOWN}".', "Leave it out: every question allows it.")
        parts = check.mapping(entry, f'option "{name}"', {"label", "help"}, ["label", "help"])
        found.append(Option(name, _text(parts, "label", name, check), _text(parts, "help", name, check)))
    return tuple(found)


def _bands(node: Node, what: str, check: Checker) -> tuple[Band, ...]:
    starts: list[tuple[str, str, float]] = []
    for name, entry in check.mapping(node, f"bands of {what}", None).items():
        parts = check.mapping(entry, f'band "{name}"', {"label", "from"}, ["label", "from"])
        start = check.number(parts["from"], f'"from" of band "{name}"') if "from" in parts else None
        lowest = starts[-1][2] if starts else -1.0
        if start is not None and (start <= lowest or (not starts and start != 0)):
            wanted = f"more than {lowest:g}" if starts else "0, since it is the first"
            check.fault(
                parts["from"],
                f'band "{name}" starts at {start:g}; it must be {wanted}.',
                "Put bands in order.",
            )
        starts.append((name, _text(parts, "label", name, check), lowest + 1 if start is None else start))
    ends = [start for _, _, start in starts[1:]] + [float("inf")]
    return tuple(Band(name, label, low, high) for (name, label, low), high in zip(starts, ends, strict=True))


def facts_of(node: Node, questions: Mapping[str, Question], check: Checker) -> dict[str, Fact]:
    """Facts by id; their factors are questions that are answered by a number."""
    numbers = [question.id for question in questions.values() if question.is_number]
    found: dict[str, Fact] = {}
    for name, entry in check.mapping(node, "facts", None).items():
        what = f'fact "{name}"'
        if name in questions:
            check.fault(entry, f"{what} has the name of a question.", "Give it another id.")
        keys = ("label", "product", "unit", "bands")
        parts = check.mapping(entry, what, keys, keys)
        factors = check.names(parts["product"], f"product of {what}", numbers, "number") if "product" in parts else ()
        bands = _bands(parts["bands"], what, check) if "bands" in parts else ()
        found[name] = Fact(name, _text(parts, "label", what, check), factors, _text(parts, "unit", what, check), bands)
    return found


def mechanisms_of(node: Node, check: Checker) -> dict[str, Mechanism]:
    """Mechanisms by id, simplest first as the file has them."""
    keys = ("label", "class", "summary", "risks")
    found: dict[str, Mechanism] = {}
    for name, entry in check.mapping(node, "mechanisms", None).items():
        what = f'mechanism "{name}"'
        parts = check.mapping(entry, what, keys, keys)
        word = check.name(parts["class"], f"class of {what}", CLASSES, "class") if "class" in parts else None
        label, summary = (_text(parts, key, what, check) for key in ("label", "summary"))
        risks = _risks(parts["risks"], what, check) if "risks" in parts else ()
        found[name] = Mechanism(name, label, ServiceClass(word or "stateless"), summary, risks, entry.place)
    return found


def _risks(node: Node, what: str, check: Checker) -> tuple[Risk, ...]:
    keys = ("risk", "mitigation", "source")
    found = []
    for number, entry in enumerate(check.sequence(node, f"risks of {what}"), start=1):
        called = f"risk {number} of {what}"
        parts = check.mapping(entry, called, keys, keys)
        risk, mitigation = (_text(parts, key, called, check) for key in ("risk", "mitigation"))
        found.append(Risk(risk, mitigation, source_of(parts, called, check)))
    if node.kind == "list" and not found:
        check.fault(node, f"{what} has no risk.", "Name at least one, with its mitigation and a source.")
    return tuple(found)


def archetypes_of(node: Node, questions: Mapping[str, Question], check: Checker) -> dict[str, Archetype]:
    """Archetypes by id; they answer questions about a component, by option."""
    own = {question.id: question for question in questions.values() if not question.of_system}
    found: dict[str, Archetype] = {}
    for name, entry in check.mapping(node, "archetypes", None).items():
        what = f'archetype "{name}"'
        keys = ("label", "help", "answers")
        parts = check.mapping(entry, what, keys, keys)
        given = check.mapping(parts["answers"], f"answers of {what}", own) if "answers" in parts else {}
        answers = {
            question: option
            for question, value in given.items()
            if (option := check.name(value, f"{question} of {what}", own[question].choices, "option of it"))
        }
        found[name] = Archetype(name, _text(parts, "label", what, check), _text(parts, "help", what, check), answers)
    return found


def source_of(parts: Mapping[str, Node], what: str, check: Checker) -> str:
    """The address of a public document; one that is missing was reported with the mapping."""
    source = _text(parts, "source", what, check)
    if source and not source.startswith("https://"):
        check.fault(parts["source"], f"source of {what} is no web address.", "Write https://... of a public document.")
    return source


def _text(parts: Mapping[str, Node], key: str, what: str, check: Checker) -> str:
    """A text that is there; one that is missing was reported with the mapping."""
    return (check.text(parts[key], f"{key} of {what}") or "") if key in parts else ""
