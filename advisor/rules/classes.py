"""The tables that derive the words: every case covered, none covered twice."""

from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations
from typing import TypeVar

from advisor.checker import Checker
from advisor.model import ServiceClass
from advisor.nodes import Node

CLASSES = tuple(each.value for each in ServiceClass)
NONE = "none"

Case = TypeVar("Case", bound=Hashable)
ComponentCase = tuple[ServiceClass, ServiceClass | None]


def component_classes_of(node: Node, check: Checker) -> dict[ComponentCase, ServiceClass]:
    """The class of a component by the class of its primary and the heaviest class beside it."""
    table: dict[ComponentCase, ServiceClass] = {}
    for row, parts, word in _rows(node, "component", ("primary", "beside", "class"), check):
        primary = check.names(parts["primary"], "primary", CLASSES, "class") if "primary" in parts else ()
        beside = check.names(parts["beside"], "beside", (NONE, *CLASSES), "class") if "beside" in parts else ()
        cases = [(ServiceClass(p), None if b == NONE else ServiceClass(b)) for p in primary for b in beside]
        _enter(table, cases, word, row, check)
    wanted = [(primary, beside) for primary in ServiceClass for beside in (None, *ServiceClass)]
    _no_gaps(table, wanted, node, "component", check)
    return table


def system_classes_of(node: Node, check: Checker) -> dict[frozenset[ServiceClass], ServiceClass]:
    """The class of a system by the set of its components' classes."""
    table: dict[frozenset[ServiceClass], ServiceClass] = {}
    for row, parts, word in _rows(node, "system", ("components", "class"), check):
        names = check.names(parts["components"], "components", CLASSES, "class") if "components" in parts else ()
        _enter(table, [frozenset(ServiceClass(name) for name in names)], word, row, check)
    wanted = [frozenset(some) for size in (1, 2, 3) for some in combinations(ServiceClass, size)]
    _no_gaps(table, wanted, node, "system", check)
    return table


def _rows(
    node: Node, table: str, keys: tuple[str, ...], check: Checker
) -> Iterable[tuple[Node, Mapping[str, Node], ServiceClass]]:
    quiet = Checker() if table == "system" else check  # the section's own keys are reported once
    tables = quiet.mapping(node, "classes", {"component", "system"}, ["component", "system"])
    for row in check.sequence(tables[table], f"classes.{table}") if table in tables else ():
        parts = check.mapping(row, f"a row of classes.{table}", keys, keys)
        word = check.name(parts["class"], "class", CLASSES, "class") if "class" in parts else None
        yield row, parts, ServiceClass(word or CLASSES[0])


def _enter(
    table: dict[Case, ServiceClass], cases: Iterable[Case], word: ServiceClass, row: Node, check: Checker
) -> None:
    for case in cases:
        if case in table:
            check.fault(row, f"this row covers {_shown(case)} again.", "Each case belongs to one row.")
        table[case] = word


def _no_gaps(table: Mapping[Case, ServiceClass], wanted: Iterable[Case], node: Node, name: str, check: Checker) -> None:
    for case in wanted:
        if case not in table:
            check.fault(node, f"classes.{name} has no row for {_shown(case)}.", "Add one.")


def _shown(case: object) -> str:
    if isinstance(case, tuple):
        return f"primary {case[0]}, beside {case[1] or NONE}"
    return "components " + ", ".join(sorted(case)) if isinstance(case, frozenset) else str(case)
