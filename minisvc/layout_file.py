"""A layout as a YAML file, for people: `read` a file of theirs or of ours, `write` one.

    version: 1
    name: cart-in-memory
    about: Every instance keeps its own carts.
    service: cart
    state: memory

One service's fields stand at the top; several stand below `services`, one entry each. What may be said is what
`minisvc.layout` has fields for: this module reads the names and types from there, so that a new field needs nothing
here. YAML 1.2, so `on`, `no` and `yes` are words.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from minisvc.errors import LayoutError, did_you_mean
from minisvc.layout import Layout, Service
from minisvc.layout_nodes import Node, Place, document, text_of

VERSION = 1
HEAD = ("version", "name", "about")
LONGEST_NAME, LONGEST_ABOUT = 60, 200
SHOWN_ALWAYS = ("service", "instances", "state")
"""What a written file says even where it is the default: the three that a reader looks for."""

Way = tuple[str | int, ...]
"""A way into the file, such as ("services", 1, "state")."""


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """What a file holds: a layout, its name (the file's own where it says none) and a line about it ("" for none)."""

    layout: Layout
    name: str
    about: str = ""


class LayoutFileError(LayoutError):
    """A file that holds no layout. `places` says where each of `faults` is, in the same order: by line."""

    def __init__(self, found: Sequence[tuple[Place, str]]) -> None:
        ordered = sorted(found, key=lambda each: (each[0].line, each[0].column))
        self.places = tuple(place for place, _ in ordered)
        super().__init__([f"{place}: {message}" for place, message in ordered])


def read(path: Path | str) -> Layout:
    """The layout in a file; raises `LayoutFileError` with every fault at once."""
    return read_named(path).layout


def read_named(path: Path | str) -> NamedLayout:
    """The layout in a file, with its name and what it says about itself.

    Raises:
        LayoutFileError: every fault of the file at once, each as `file:line:column: message`.
    """
    path = Path(path)
    faults: list[tuple[Place, str]] = []
    text = text_of(path, faults)
    root = None if faults else document(text, str(path), faults)
    if root is None:
        raise LayoutFileError(faults)
    return _Reader(str(path), faults).named(root, path.stem)


def write(layout: Layout, name: str | None = None, about: str = "") -> str:
    """The layout as YAML that `read` reads back as an equal one; what is at its default is left out.

    `name` None and `about` "" leave those lines out.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  # 60 ms that --help need not pay

    said: dict[str, Any] = {"version": VERSION}
    said |= {"name": name} if name else {}
    said |= {"about": about} if about else {}
    services = [_plain(each, SHOWN_ALWAYS) for each in layout.services]
    said |= services[0] if len(services) == 1 else {"services": services}
    said |= {key: value for key, value in _plain(layout).items() if key != "services"}
    yaml = YAML()
    yaml.width = 1_000_000  # never fold a line
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(said, out)
    return out.getvalue()


def _plain(noun: Any, always: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as what YAML has."""
    found = {}
    for each in fields(noun):
        value = getattr(noun, each.name)
        if value == _default(each) and each.name not in always:
            continue
        if is_dataclass(value):
            value = _plain(value)
        elif isinstance(value, tuple):
            value = _entries(value)
        found[each.name] = value
    return found


def _entries(value: tuple[Any, ...]) -> list[Any]:
    from ruamel.yaml.comments import CommentedSeq  # noqa: PLC0415

    entries = CommentedSeq([_plain(item) if is_dataclass(item) else item for item in value])
    if not any(is_dataclass(item) for item in value):
        entries.fa.set_flow_style()  # numbers in one line
    return entries


def _default(each: Any) -> Any:
    return each.default if each.default_factory is MISSING else each.default_factory()


@dataclass
class _Reader:
    """Builds a layout from nodes, and remembers where each field stood, so that its faults can be placed."""

    file: str
    faults: list[tuple[Place, str]]
    places: dict[Way, Place] = field(default_factory=dict)
    broken: set[Way] = field(default_factory=set)

    def named(self, root: Node, stem: str) -> NamedLayout:
        self.places[()] = root.place
        if root.kind != "mapping":
            self._fault((), f"this file holds {root.shown}; it must hold fields such as `version: {VERSION}`.")
            raise LayoutFileError(self.faults)
        layout = self._layout(root)
        name, about = self._words("name", root, LONGEST_NAME), self._words("about", root, LONGEST_ABOUT)
        if layout is None or self.faults:
            raise LayoutFileError(self.faults)
        return NamedLayout(layout, name or stem, about)

    def _layout(self, root: Node) -> Layout | None:
        of_layout, of_service = _hints(Layout), _hints(Service)
        several = any(key.value == "services" for key, _ in root.pairs)
        self._version(root)
        said = self._fields(root, (), {**of_layout, **({} if several else of_service)}, HEAD, of_service)
        if not several:
            own = {name: said.pop(name) for name in of_service if name in said}
            said["services"] = (Service(**own),)
        if said.get("services") is None:
            said.pop("services", None)
        try:
            return Layout(**said)
        except LayoutError as error:
            self._place_faults(error, said.get("services", ()), () if not several else ("services",))
            return None

    def _version(self, root: Node) -> None:
        node = next((value for key, value in root.pairs if key.value == "version"), None)
        if node is None:
            self._fault((), f"version is missing; add the line `version: {VERSION}`.")
        elif node.kind != "whole" or node.value != VERSION:
            self.faults.append((node.place, f"version is {node.shown}; this minisvc reads version {VERSION}."))

    def _words(self, name: str, root: Node, longest: int) -> str:
        node = next((value for key, value in root.pairs if key.value == name), None)
        if node is None or node.kind == "null":
            return ""
        if (
            node.kind == "text"
            and len(str(node.value)) <= longest
            and not any(unicodedata.category(each) == "Cc" for each in str(node.value))
        ):
            return str(node.value)
        self.faults.append(
            (node.place, f"{name} is {node.shown}; it must be text of one line, at most {longest} characters.")
        )
        return ""

    def _fields(
        self, node: Node, path: Way, hints: dict[str, Any], also: Sequence[str] = (), elsewhere: Collection[str] = ()
    ) -> dict[str, Any]:
        """The known fields of a mapping with sound types; all else becomes faults."""
        found: dict[str, Any] = {}
        seen: dict[str, Place] = {}
        for key, value in node.pairs:
            name = str(key.value)
            if key.kind != "text" and name not in hints:
                self.faults.append((key.place, f"{key.shown} is no name of a field.{did_you_mean(name, hints)}"))
            elif name in seen:
                self.faults.append((key.place, f'"{name}" is said twice; it is said first in line {seen[name].line}.'))
            elif name in hints:
                self.places[*path, name] = value.place
                self._take(found, name, value, path, hints[name])
            elif name in elsewhere and name not in also:
                self.faults.append((key.place, f'"{name}" belongs to a service; move it into an entry of services.'))
            elif name not in also:
                hint = did_you_mean(name, (*also, *hints))
                self.faults.append((key.place, f'there is no field "{name}".{hint}'))
            seen.setdefault(name, key.place)
        return found

    def _take(self, found: dict[str, Any], name: str, node: Node, path: Way, hint: Any) -> None:
        try:
            found[name] = self._value(node, hint, (*path, name))
        except _WrongTypeError as wrong:
            self.broken.add((*path, name))
            label = ".".join(str(each) for each in (*path, name) if not isinstance(each, int))
            label = label.removeprefix("services.")
            self.faults.append((wrong.node.place, f"{label} is {wrong.node.shown}; it must be {wrong.wanted}."))

    def _value(self, node: Node, hint: Any, path: Way) -> Any:
        if isinstance(hint, UnionType):
            if node.kind == "null" or node.value == "none":
                return None
            hint = next(each for each in get_args(hint) if each is not type(None))
        if is_dataclass(hint):
            if node.kind != "mapping":
                raise _WrongTypeError(node, "fields of its own, each on a line below it")
            self.places.setdefault(path, node.place)
            assert isinstance(hint, type)
            return hint(**self._fields(node, path, _hints(hint)))
        if get_origin(hint) is tuple:
            return self._entries(node, get_args(hint)[0], path)
        if node.kind not in _KINDS[hint][0]:
            raise _WrongTypeError(node, _KINDS[hint][1])
        return node.value

    def _entries(self, node: Node, hint: Any, path: Way) -> tuple[Any, ...]:
        if node.kind != "list":
            raise _WrongTypeError(node, "a list")
        found = []
        for index, item in enumerate(node.items):
            self.places[*path, index] = item.place
            found.append(self._value(item, hint, (*path, index)))
        return tuple(found)

    def _place_faults(self, error: LayoutError, services: Sequence[Service], above: Way) -> None:
        """Give the layout's own faults their places. A fault's sentence begins with its field's name."""
        of_services: dict[str, list[Way]] = {}
        for index, service in enumerate(services):
            inside: Way = (*above, index) if above else ()
            for fault in filter(None, service.faults()):
                told = f"{service.name}: {fault}" if len(services) > 1 else fault
                of_services.setdefault(told, []).append((*inside, *fault.split()[0].split(".")))
        for fault in error.faults:
            known = of_services.get(fault)
            path = known.pop(0) if known else self._path_of(fault.split()[0], len(services))
            if path not in self.broken:
                self._fault(path, fault)

    def _path_of(self, name: str, count: int) -> Way:
        path = tuple(name.split("."))
        # What two services may not share is told at the last of them.
        return path if path in self.places or count < 2 else ("services", count - 1, *path)

    def _fault(self, path: Way, message: str) -> None:
        while path and path not in self.places:
            path = path[:-1]
        self.faults.append((self.places[path], message))


class _WrongTypeError(Exception):
    def __init__(self, node: Node, wanted: str) -> None:
        self.node, self.wanted = node, wanted


_KINDS: dict[Any, tuple[tuple[str, ...], str]] = {
    str: (("text",), "text"),
    int: (("whole",), "a whole number"),
    float: (("whole", "number"), "a number"),
    bool: (("truth",), "true or false"),
}


def _hints(noun: type) -> dict[str, Any]:
    known = {each.name for each in fields(noun)}
    return {name: hint for name, hint in get_type_hints(noun).items() if name in known}
