"""YAML 1.2 as nodes that know their line and column, for `minisvc.layout_file`. Says nothing about meaning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000
_KINDS = {"str": "text", "int": "whole", "float": "number", "bool": "truth", "null": "null", "timestamp": "text"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column count from 1; 0 is the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a document.

    Attributes:
        kind: "text", "whole", "number", "truth", "null", "list", "mapping", or "odd" for what has no use here.
        value: a scalar's value; None for lists and mappings.
        shown: what it is, in words or as it was written.
        items: a list's nodes.
        pairs: a mapping's keys and values in order, keys that are said twice included.
    """

    kind: str
    place: Place
    value: str | int | float | bool | None = None
    shown: str = ""
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()


def text_of(path: Path, faults: list[tuple[Place, str]]) -> str:
    """The text of a file; "" with a fault added where there is none to read."""
    place = Place(str(path))
    try:
        if path.is_dir():
            faults.append((place, "this is a directory; name a YAML file in it."))
            return ""
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        faults.append((place, f"there is no such file in {path.absolute().parent}."))
        return ""
    except UnicodeDecodeError:
        faults.append((place, "this is not text in UTF-8; name a YAML file."))
        return ""
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        faults.append((place, f"this file cannot be read: {why}."))
        return ""
    if len(raw) > MOST_BYTES:
        faults.append((place, "this file is larger than 1 MB; a layout is a few lines."))
    elif not text.strip():
        faults.append((place, "this file is empty; begin with the line `version: 1`."))
    return text


def document(text: str, file: str, faults: list[tuple[Place, str]]) -> Node | None:
    """The root of the only document in `text`; None with a fault added where there is none."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # 60 ms that --help need not pay
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if root is None:
            faults.append((Place(file), "this file holds only comments; begin with the line `version: 1`."))
            return None
        return _Builder(yaml, file).node(root)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        said = " ".join(str(error.problem or error.context).split())
        faults.append((place, f"this is not YAML: {said}."))
    except (YAMLError, ValueError) as error:
        faults.append((Place(file), f"this is not YAML: {str(error).splitlines()[0]}."))
    except RecursionError:
        faults.append((Place(file), "this file is nested too deeply; a layout has three levels."))
    return None


class _Builder:
    DEEPEST = 6

    def __init__(self, yaml: Any, file: str) -> None:
        self._yaml, self._file = yaml, file
        self._built: dict[tuple[int, int], Node] = {}

    def node(self, raw: Any, depth: int = 0) -> Node:
        """The node of one of ruamel's; what several aliases name is built once for each depth."""
        key = (id(raw), depth)
        if key not in self._built:
            self._built[key] = self._fresh(raw, depth)
        return self._built[key]

    def _fresh(self, raw: Any, depth: int) -> Node:
        place = Place(self._file, raw.start_mark.line + 1, raw.start_mark.column + 1)
        tag = str(raw.tag).rpartition(":")[2]
        if depth > self.DEEPEST:
            # No layout is so deep; an alias that contains itself has no end.
            return Node("odd", place, shown="something nested too deeply")
        if tag == "seq":
            return Node("list", place, shown="a list", items=tuple(self.node(each, depth + 1) for each in raw.value))
        if tag == "map":
            pairs = tuple((self.node(key, depth + 1), self.node(value, depth + 1)) for key, value in raw.value)
            return Node("mapping", place, shown="a mapping", pairs=pairs)
        return self._scalar(raw, tag, place)

    def _scalar(self, raw: Any, tag: str, place: Place) -> Node:
        kind = _KINDS.get(tag, "odd")
        if kind == "odd":
            return Node(kind, place, shown=f"tagged {raw.tag}")
        if kind == "text":
            return Node(kind, place, raw.value, _brief(repr(raw.value)))
        if kind == "null":
            return Node(kind, place, shown="empty")
        try:
            value = self._yaml.constructor.construct_object(raw)
        except ValueError:  # more digits than Python converts
            return Node("odd", place, shown=_brief(str(raw.value)))
        return Node(kind, place, value, _brief(str(raw.value)))


def _brief(shown: str) -> str:
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
