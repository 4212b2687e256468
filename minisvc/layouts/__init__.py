"""The layouts that come with minisvc, one YAML file each, and how a command's argument is understood."""

from __future__ import annotations

from pathlib import Path

from minisvc.errors import LayoutError, did_you_mean
from minisvc.layout import SERVICES, Layout
from minisvc.layout_file import NamedLayout, read_named

_HERE = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The shipped layouts' names, in order."""
    return tuple(sorted(each.stem for each in _HERE.glob("*.yaml")))


def text(name: str) -> str:
    """A shipped layout's YAML; raises `LayoutError` where none has that name."""
    if name not in names():
        raise LayoutError([f"There is no shipped layout {name!r}.{did_you_mean(name, names())}"])
    return (_HERE / f"{name}.yaml").read_text(encoding="utf-8")


def shipped(name: str) -> NamedLayout:
    """A shipped layout; raises `LayoutError` where none has that name."""
    text(name)
    return read_named(_HERE / f"{name}.yaml")


def understand(asked: str) -> NamedLayout:
    """What a person means: a service ("cart", "module:app"), a shipped layout's name, or a file.

    A word with a slash or ending in .yaml or .yml is a file, and so is the name of any file that exists.

    Raises:
        LayoutError: there is nothing of that name, or the file holds no layout.
    """
    if asked in SERVICES:
        return NamedLayout(Layout.of(asked), asked)
    if asked in names():
        return shipped(asked)
    if "/" in asked or asked.endswith((".yaml", ".yml")) or Path(asked).is_file():
        return read_named(asked)
    if ":" in asked:
        layout = Layout.of(asked)
        return NamedLayout(layout, layout.find().name)
    known = did_you_mean(asked, (*SERVICES, *names()))
    raise LayoutError([f"There is no service, layout or file {asked!r}.{known}"])
