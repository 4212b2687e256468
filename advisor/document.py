"""Reads YAML 1.2 (JSON is a part of it) into nodes that remember their line and column.

A parsed document says nothing about meaning: `Checker` asks it for texts, numbers and names, notes
each thing that is not as it should be, and goes on, so that one reading finds every fault.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from advisor.errors import Fault, FileError, Place, did_you_mean

# What YAML 1.1 tools read as true or false where YAML 1.2 reads a word.
TRUTH_TRAPS = frozenset({"yes", "no", "on", "off", "y", "n"})
READ_LIMIT_BYTES = 4_000_000


class Node(NamedTuple):
    """A scalar (its value), a sequence (its nodes) or a mapping (pairs of nodes), with its place."""

    value: "str | int | float | bool | tuple[Node, ...] | tuple[tuple[Node, Node], ...] | None"
    kind: str
    place: Place
    plain: bool = False

    @property
    def items(self) -> "tuple[Node, ...]":
        """The nodes of a sequence; empty for anything else."""
        return self.value if self.kind == "list" else ()  # type: ignore[return-value]

    @property
    def pairs(self) -> "tuple[tuple[Node, Node], ...]":
        """The key and value nodes of a mapping; empty for anything else."""
        return self.value if self.kind == "mapping" else ()  # type: ignore[return-value]


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        FileError: the file is missing, a directory, unreadable, too large, binary or empty.
    """

    def refuse(message: str, hint: str) -> FileError:
        return FileError([Fault(Place(str(path)), message, hint)])

    try:
        if path.is_dir():
            raise refuse("this is a directory, not a file.", "Name a YAML or JSON file inside it.")
        if path.is_file() and path.stat().st_size > READ_LIMIT_BYTES:
            raise refuse("this file is larger than 4 MB.", "Name a YAML or JSON file of answers or rules.")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise refuse("there is no such file.", f"Looked in {path.absolute().parent}.") from None
    except UnicodeDecodeError:
        raise refuse("this is not text in UTF-8.", "Name a YAML or JSON file saved as UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise refuse(f"this file cannot be read: {why}.", "Check the path and its permissions.") from None
    if not text.strip():
        raise refuse("this file is empty.", "Give it at least the line `version: 1`.")
    return text


def parse(text: str, file: str) -> Node:
    """The root node of one YAML or JSON document; `file` names it in messages.

    Raises:
        FileError: the text is no single YAML document, or holds control characters.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  # 20 ms that --help need not pay
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON may indent by tabs; YAML may not
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        said = " ".join(str(error.problem or error.context).split())
        raise FileError([Fault(place, f"this is not YAML: {said}.", "Mend the line, or quote it.")]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError([Fault(Place(file), f"this is not YAML: {said}.", "Is it a binary file?")]) from None
    if root is None:
        raise FileError([Fault(Place(file), "this file holds nothing but comments.", "Fill it in.")])
    return _node(root, file, frozenset())


def _node(raw: object, file: str, above: frozenset[int]) -> Node:
    """Our own node for one of ruamel's; `above` holds the ids of its ancestors."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode  # noqa: PLC0415

    mark = raw.start_mark  # type: ignore[attr-defined]
    place = Place(file, mark.line + 1, mark.column + 1)
    if id(raw) in above:
        raise FileError([Fault(place, "this alias contains itself.", "Write the value out.")])
    if isinstance(raw, ScalarNode):
        value = _scalar(str(raw.tag), raw.value)
        return Node(value, type(value).__name__, place, plain=raw.style is None)
    above = above | {id(raw)}
    if isinstance(raw, SequenceNode):
        return Node(tuple(_node(item, file, above) for item in raw.value), "list", place)
    if not isinstance(raw, MappingNode):
        raise FileError([Fault(place, "this is no YAML value.", "Write it out.")])
    pairs = tuple((_node(key, file, above), _node(value, file, above)) for key, value in raw.value)
    return Node(pairs, "mapping", place)


def _scalar(tag: str, text: str) -> str | int | float | bool | None:
    """The value of a scalar by its resolved tag; what does not convert stays the text it is."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    return text


NAMES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "a truth value",
    "NoneType": "nothing",
    "list": "a list",
    "mapping": "a mapping",
}


class Checker:
    """Takes typed values out of nodes and collects a fault for each that is not as asked.

    Args:
        strict_words: refuse unquoted yes, no, on, off, which YAML 1.1 tools read as true and false.
    """

    def __init__(self, *, strict_words: bool = False) -> None:
        self.faults: list[Fault] = []
        self._strict_words = strict_words

    def fault(self, node: Node, message: str, hint: str = "") -> None:
        """Note a fault at the node's place."""
        self.faults.append(Fault(node.place, message, hint))

    def mapping(
        self, node: Node, what: str, known: Collection[str] | None, required: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The values by key; unknown (unless `known` is None), repeated and missing keys are faults."""
        if node.kind != "mapping":
            self.fault(node, f"{what} must be a mapping, but is {NAMES[node.kind]}.", _keys_hint(known))
            return {}
        found: dict[str, Node] = {}
        for key, value in node.pairs:
            name = self.text(key, f"a key of {what}")
            if name is None:
                continue
            if name in found:
                self.fault(key, f'{what} has the key "{name}" twice.', "Remove one of the two.")
            elif known is not None and name not in known:
                self.fault(key, f'{what} has the key "{name}", which means nothing.', did_you_mean(name, known))
            else:
                found[name] = value
        for name in required:
            if name not in found:
                self.fault(node, f'{what} lacks "{name}".', f"Add `{name}: ...`.")
        return found

    def sequence(self, node: Node, what: str) -> tuple[Node, ...]:
        """The nodes of a list."""
        if node.kind != "list":
            self.fault(node, f"{what} must be a list, but is {NAMES[node.kind]}.", "Write [a, b] or lines of `- a`.")
        return node.items

    def text(self, node: Node, what: str) -> str | None:
        """A text that is not blank, or None with a fault."""
        if self._strict_words and node.plain and str(node.value).lower() in TRUTH_TRAPS:
            self.fault(
                node,
                f"{what} is an unquoted {node.value}, which older YAML tools read as true or false.",
                f'Quote it: "{node.value}".',
            )
            return None
        if not isinstance(node.value, str):
            shown = "" if node.kind in {"list", "mapping", "NoneType"} else f" ({str(node.value).lower()})"
            hint = 'Quote it: "yes" or "no", if that is the word you mean.' if node.kind == "bool" else ""
            self.fault(node, f"{what} must be a text, but is {NAMES[node.kind]}{shown}.", hint)
            return None
        if not node.value.strip():
            self.fault(node, f"{what} is blank.", "Fill it in or leave it out.")
            return None
        return node.value

    def number(self, node: Node, what: str, low: float, high: float) -> float | None:
        """A finite number from `low` to `high`, or None with a fault."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            shown = f'"{value}"' if isinstance(value, str) else NAMES[node.kind]
            self.fault(node, f"{what} must be a number, but is {shown}.", "Write digits only, as in 20000.")
            return None
        if not low <= value <= high:
            upper = f"from {low:g} to {high:g}" if high != float("inf") else f"at least {low:g}, and finite"
            self.fault(node, f"{what} is {value:g}; it must be {upper}.")
            return None
        if value == float("inf"):
            self.fault(node, f"{what} is infinite.", "Give your best guess, or `unknown`.")
            return None
        return value

    def integer(self, node: Node, what: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None with a fault."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int):
            shown = f'"{value}"' if isinstance(value, str) else NAMES[node.kind]
            self.fault(node, f"{what} must be a whole number, but is {shown}.", f"Allowed: {low} to {high}.")
            return None
        if not low <= value <= high:
            self.fault(node, f"{what} is {value}.", f"Allowed: {low} to {high}.")
            return None
        return value

    def name(self, node: Node, what: str, known: Collection[str], noun: str) -> str | None:
        """One of the known names, or None with a fault that suggests the nearest."""
        value = self.text(node, what)
        if value is not None and value not in known:
            self.fault(node, f'{what} is "{value}", which is no {noun}.', did_you_mean(value, known))
            return None
        return value

    def names(self, node: Node, what: str, known: Collection[str], noun: str) -> tuple[str, ...]:
        """A list of known names, each once and at least one."""
        found: list[str] = []
        for item in self.sequence(node, what):
            name = self.name(item, f"an entry of {what}", known, noun)
            if name in found:
                self.fault(item, f'{what} names "{name}" twice.', "Remove one of the two.")
            elif name is not None:
                found.append(name)
        if node.kind == "list" and not node.items:
            self.fault(node, f"{what} is an empty list.", did_you_mean("", known))
        return tuple(found)


def _keys_hint(known: Collection[str] | None) -> str:
    return f"Write `key: value` lines; known keys: {', '.join(sorted(known))}." if known else ""
