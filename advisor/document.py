"""Reads YAML 1.2 (JSON is a part of it) into nodes that remember their line and column.

A parsed document says nothing about meaning; `advisor.checker` asks it for texts, numbers and names.
"""

from pathlib import Path
from typing import NamedTuple

from advisor.errors import Fault, FileError, Place

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
