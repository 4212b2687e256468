"""Takes typed values out of a document, and notes whatever is not as it should be.

It goes on after a fault, so that one reading finds every one.
"""

from collections.abc import Collection, Iterable

from advisor.errors import Fault, did_you_mean
from advisor.nodes import Node

# What YAML 1.1 tools read as true or false where YAML 1.2 reads a word.
TRUTH_TRAPS = frozenset({"yes", "no", "on", "off", "y", "n"})

MOST = 1e15
"""No number is larger, so that the product of any two stays finite."""
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

    def number(self, node: Node, what: str) -> float | None:
        """A number from 0 to `MOST`, or None with a fault."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            shown = f'"{value}"' if isinstance(value, str) else NAMES[node.kind]
            self.fault(node, f"{what} must be a number, but is {shown}.", "Write digits only, as in 20000.")
            return None
        if not 0 <= value <= MOST:
            self.fault(node, f"{what} is {value:g}; it must be from 0 to {MOST:,.0f}.", "Give your best guess.")
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
