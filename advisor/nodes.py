"""What a YAML or JSON document is made of, each part with its place."""

import re
from typing import NamedTuple

from advisor.errors import Place

NOTHING = {"", "~", "null", "Null", "NULL"}
TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,200}"
FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"


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


def scalar(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar (YAML 1.2.2, section 10.3.2: the core schema)."""
    if text in TRUTH or text in NOTHING:
        return TRUTH.get(text)
    if text[0].isalpha():
        return text  # no number starts so
    if re.fullmatch(INTEGER, text):
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
    if re.fullmatch(FLOAT, text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
