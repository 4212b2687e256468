"""Reads YAML 1.2 (JSON is a part of it) into nodes that remember their line and column.

A parsed document says nothing about meaning; `advisor.checker` asks it for texts, numbers and names.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from advisor.errors import Fault, FileError, Place
from advisor.everyday import everyday
from advisor.nodes import Node, scalar

READ_LIMIT_BYTES = 4_000_000
C_PARSERS = ("_ruamel_yaml_clibz", "_ruamel_yaml")
OUTER_EVENTS = {"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"}


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


def write_text(path: Path, text: str, *, what: str, hint: str) -> None:
    """Write a file whole or not at all: a crash leaves the old one.

    Args:
        path: where to; a file that is there is replaced.
        text: written as UTF-8.
        what: how a message calls the text, in the plural: "the answers".
        hint: what to do where it cannot be written.

    Raises:
        FileError: the folder cannot be written to.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # the fault to tell is the first one
            beside.unlink()
        why = f"{what} cannot be saved here: {error.strerror}."
        raise FileError([Fault(Place(str(path)), why, hint)]) from None


def parse(text: str, file: str) -> Node:
    """The root node of one YAML or JSON document; `file` names it in messages.

    Raises:
        FileError: the text is no single YAML document, or holds control characters.
    """
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON may indent by tabs; YAML may not
    return everyday(text, file) or parsed(text, file)


def parsed(text: str, file: str) -> Node:
    """The same by a parser for all of YAML 1.2."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415  # slow to import

    quick = _c_events(text)
    if quick is not None:
        # It refuses some sound YAML 1.2, so what it refuses is judged by the other parser.
        with suppress(YAMLError, ValueError, RecursionError):
            return _Builder(quick, file).root()
    try:
        return _Builder(_events(text), file).root()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        said = " ".join(str(error.problem or error.context).split())
        raise FileError([Fault(place, f"this is not YAML: {said}.", "Mend the line, or quote it.")]) from None
    except (YAMLError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise FileError([Fault(Place(file), f"this is not YAML: {said}.", "Is it a binary file?")]) from None
    except RecursionError:
        raise FileError([Fault(Place(file), "this file is nested too deeply.", "Is it the right file?")]) from None


def _events(text: str) -> Iterator[Any]:
    """The events of ruamel's own parser, which reads YAML 1.2."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    return cast("Iterator[Any]", YAML(typ="safe", pure=True).parse(text))


def _c_events(text: str) -> Iterator[Any] | None:
    """The events of ruamel's C parser, 15 times as fast; None where it is not installed."""
    for name in C_PARSERS:
        with suppress(ModuleNotFoundError):
            parser = import_module(name).CParser(text)
            return iter(parser.get_event, None)
    return None


class _Builder:
    """Builds our nodes from parser events, by the core schema of YAML 1.2 whichever parser it is."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self._events = events
        self._file = file
        self._anchored: dict[str, Node] = {}

    def root(self) -> Node:
        """The node of the only document."""
        found: list[Node] = []
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and found:
                raise self._refusal(event, "this is a second document.", "Keep one; remove the line `---`.")
            if kind not in OUTER_EVENTS:
                found.append(self._node(event))
        if not found:
            hint = "Give it at least the line `version: 1`."
            raise FileError([Fault(Place(self._file), "this file holds nothing but comments.", hint)])
        return found[0]

    def _node(self, event: Any) -> Node:
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self._anchored:
                raise self._refusal(event, f"the alias *{event.anchor} has no value yet.", "Write the value out.")
            return self._anchored[event.anchor]
        if event.tag is not None:
            raise self._refusal(event, f"the tag {event.tag} means nothing here.", "Leave it out.")
        place = self._place(event)
        if kind == "ScalarEvent":
            plain = event.implicit[0]
            value = scalar(event.value) if plain else event.value
            node = Node(value, type(value).__name__, place, plain)
        elif kind == "SequenceStartEvent":
            node = Node(tuple(self._until("SequenceEndEvent")), "list", place)
        else:
            inner = self._until("MappingEndEvent")
            node = Node(tuple(zip(inner[::2], inner[1::2], strict=True)), "mapping", place)
        if event.anchor:
            self._anchored[event.anchor] = node
        return node

    def _until(self, end: str) -> list[Node]:
        found = []
        for event in self._events:
            if type(event).__name__ == end:
                break
            found.append(self._node(event))
        return found

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refusal(self, event: Any, message: str, hint: str) -> FileError:
        return FileError([Fault(self._place(event), message, hint)])
