"""The layout as a Mermaid flowchart (mermaid.js.org/syntax/flowchart.html), which GitHub and JupyterLab draw."""

from collections.abc import Iterator

from advisor.report import words
from advisor.report.case import Case
from advisor.report.picture import Kind, Part, Picture, picture_of

SHAPES = {
    Kind.CLIENT: ("([", "])"),
    Kind.BALANCER: ("{{", "}}"),
    Kind.CACHE: ("(", ")"),
    Kind.GATEWAY: ("[[", "]]"),
    Kind.INSTANCE: ("[", "]"),
    Kind.STORE: ("[(", ")]"),
}


ALIKE = str.maketrans(
    {
        '"': "\N{RIGHT DOUBLE QUOTATION MARK}",
        "`": "\N{RIGHT SINGLE QUOTATION MARK}",
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        "#": "\N{MUSIC SHARP SIGN}",
    }
)
"""Look-alikes: Mermaid decodes its entities in the labels of nodes, but not in the titles of frames."""

STATE = "  classDef state stroke-width:3px"
"""How the parts that keep state stand out: by a heavy outline, which needs no colour."""


def text_of(case: Case) -> str:
    """One flowchart, each component in a frame of its own; a component without advice is left out."""
    lines = ["flowchart TB"]
    for number, component in enumerate(case.advice.components, start=1):
        picture = picture_of(component, case.rulebook)
        if picture:
            lines += _frame(picture, f"c{number}")
    return "\n".join([*lines, STATE]) + "\n"


def _frame(picture: Picture, prefix: str) -> Iterator[str]:
    yield f"  subgraph {prefix}[{_quoted(picture.title)}]"
    yield "    direction TB"
    yield from (f"    {_node(part, prefix)}" for part in picture.parts)
    for link in picture.links:
        yield f"    {prefix}_{link.start} {'<-->' if link.mutual else '-->'} {prefix}_{link.end}"
    yield "  end"


def _node(part: Part, prefix: str) -> str:
    opening, closing = SHAPES[part.kind]
    return f"{prefix}_{part.id}{opening}{_quoted(part.label, part.note)}{closing}{':::state' if part.keeps else ''}"


def _quoted(*lines: str) -> str:
    """Lines of a label, in quotes, without the few letters that Mermaid or HTML would read as their own."""
    return '"' + "<br>".join(" ".join(words.printable(line).split()).translate(ALIKE) for line in lines if line) + '"'
