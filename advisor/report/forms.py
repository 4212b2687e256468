"""The forms of a report by name. Each is a module of its own, imported when somebody wants it."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # the command's line is read with these names before anything is decided
    from advisor.report.case import Case

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "text": ".txt",
        "markdown": ".md",
        "html": ".html",
        "json": ".json",
        "jsonl": ".jsonl",
        "adr": ".md",
        "mermaid": ".mmd",
        "svg": ".svg",
    }
)
"""How a file of each form is named."""

ONE_EACH = frozenset({"html", "mermaid", "svg"})
"""Forms in which a file holds one system."""


def text_of(case: "Case", form: str) -> str:
    """A report in one of the forms of `SUFFIXES` that are not JSON, as text that ends with a line feed."""
    return cast("str", import_module(f"advisor.report.{form}").text_of(case))
