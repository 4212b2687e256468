"""The layout as one SVG: for a page, or inside the HTML report. It needs no font, script or picture from elsewhere.

Boxes differ by shape, so that nothing rests on colour; light and dark follow the reader's own setting.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

from advisor.report import words
from advisor.report.case import Case
from advisor.report.picture import Kind, Link, Part, Picture, picture_of

BOX, GAP, RISE = 160, 24, 40
"""Width of a box, and the space between two beside each other and above each other, in pixels."""
PAD, LINE, TITLE = 20, 16, 28
LETTERS = 22
"""Letters of a note that fit into a box at 12 pixels."""
ABREAST = 3
"""Components beside each other before a new line of them begins."""

STYLE = """
.pic{--ink:#1b1f24;--soft:#57606a;--box:#fff;--state:#fdf1d6;--edge:#57606a;--back:#fff;
font:12px system-ui,-apple-system,"Segoe UI",sans-serif}
.pic .box{fill:var(--box);stroke:var(--edge);stroke-width:1.5}
.pic .keeps{fill:var(--state);stroke-width:3}
.pic .cache{stroke-dasharray:5 3}
.pic .link{stroke:var(--edge);stroke-width:1.2;fill:none}
.pic .tip{fill:var(--edge)}
.pic text{fill:var(--ink);text-anchor:middle}
.pic .note{fill:var(--soft);font-size:12px}
.pic .label{font-weight:600;font-size:13px}
.pic .title{font-weight:600;font-size:14px}
.pic .back{fill:var(--back)}
@media (prefers-color-scheme:dark){
.pic{--ink:#e6edf3;--soft:#9da7b1;--box:#1c2129;--state:#3a3016;--edge:#8b949e;--back:#0d1117}}
@media print{.pic{--ink:#000;--soft:#333;--box:#fff;--state:#fdf1d6;--edge:#333;--back:#fff}}
"""


class Spot(NamedTuple):
    """Where a part is drawn: its left upper corner, and its height."""

    x: float
    y: float
    height: float


class Drawing(NamedTuple):
    """One component, drawn: its marks, and the space that they take."""

    marks: str
    width: float
    height: float


def text_of(case: Case) -> str:
    """The pictures of all components that have advice, at most three beside each other."""
    pictures = [picture for each in case.advice.components if (picture := picture_of(each, case.rulebook))]
    drawings = [_drawing(picture, titled=True) for picture in pictures]
    marks, width, height, top = [], 0.0, 0.0, 0.0
    for start in range(0, len(drawings), ABREAST):
        left = 0.0
        for each in drawings[start : start + ABREAST]:
            marks.append(f'<g transform="translate({left:g} {top:g})">{each.marks}</g>')
            left += each.width
            height = max(height, top + each.height)
        width, top = max(width, left), height
    about = "; ".join(picture.title for picture in pictures) or "no component has advice"
    return _whole(Drawing("".join(marks), width or PAD, height or PAD), about, own_file=True)


def inline(picture: Picture) -> str:
    """One picture for the inside of an HTML page, which supplies `STYLE`."""
    return _whole(_drawing(picture, titled=False), picture.title, own_file=False)


def _whole(drawing: Drawing, about: str, *, own_file: bool) -> str:
    size = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" width="{drawing.width:g}" height="{drawing.height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="pic" role="img" {size}>'
    style = f"<style>{STYLE}</style>" if own_file else ""
    back = '<rect class="back" width="100%" height="100%"/>' if own_file else ""
    return f"{head}<title>{_safe(about)}</title>{style}{back}{drawing.marks}</svg>\n"


def _drawing(picture: Picture, *, titled: bool) -> Drawing:
    title = wrap(picture.title, 60) if titled else []
    widest = max(len(row) for row in picture.rows)
    width = max(widest * (BOX + GAP) - GAP, 8 * max(map(len, title), default=0)) + 2 * PAD
    spots, bottom = _spots(picture.rows, width, PAD + TITLE * len(title))
    marks = [_text(line, width / 2, PAD + 14 + LINE * number, "title") for number, line in enumerate(title)]
    marks += [_link(link, spots) for link in picture.links]
    marks += [_box(part, spots[part.id]) for part in picture.parts]
    return Drawing("".join(marks), width, bottom + PAD)


def _spots(rows: Sequence[Sequence[Part]], width: float, top: float) -> tuple[Mapping[str, Spot], float]:
    """A spot for each part by id, every row centred; and where the last row ends."""
    spots: dict[str, Spot] = {}
    for row in rows:
        height = max(_height(part) for part in row)
        left = (width - (len(row) * (BOX + GAP) - GAP)) / 2
        for number, part in enumerate(row):
            spots[part.id] = Spot(left + number * (BOX + GAP), top, height)
        top += height + RISE
    return spots, top - RISE


def _height(part: Part) -> float:
    return 34 + LINE * len(wrap(part.note, LETTERS)) + (10 if part.kind is Kind.STORE else 0)


def _link(link: Link, spots: Mapping[str, Spot]) -> str:
    start, end = spots[link.start], spots[link.end]
    if start.y == end.y:
        y = start.y + start.height / 2
        return _line(start.x + BOX, y, end.x, y) + _tip(end.x, y, 6, 0) + _tip(start.x + BOX, y, -6, 0)
    x, y = end.x + BOX / 2, end.y
    return _line(start.x + BOX / 2, start.y + start.height, x, y - 6) + _tip(x, y, 0, 7)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="link" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'


def _tip(x: float, y: float, across: float, down: float) -> str:
    """The tip of an arrow that points at (x, y) from where `across` and `down` lead away from."""
    side, rise = (4, 0) if down else (0, 4)
    ends = f"L{x - across - side:g} {y - down - rise:g}L{x - across + side:g} {y - down + rise:g}Z"
    return f'<path class="tip" d="M{x:g} {y:g}{ends}"/>'


def _box(part: Part, spot: Spot) -> str:
    top = spot.y + (32 if part.kind is Kind.STORE else 22)
    notes = wrap(part.note, LETTERS)
    lines = [_text(part.label, spot.x + BOX / 2, top, "label")]
    lines += [_text(line, spot.x + BOX / 2, top + LINE * row, "note") for row, line in enumerate(notes, start=1)]
    return "".join([*_outline(part, spot), *lines])


def _outline(part: Part, spot: Spot) -> Iterator[str]:
    kind, look = part.kind, f"box {part.kind.value} keeps" if part.keeps else f"box {part.kind.value}"
    x, y, height = spot
    right, bottom, middle = x + BOX, y + height, y + height / 2
    if kind is Kind.STORE:
        lid, curve = y + 8, f"a{BOX / 2:g} 8 0 0 0 {BOX} 0"
        yield f'<path class="{look}" d="M{x:g} {lid:g}V{bottom - 8:g}{curve}V{lid:g}"/>'
        yield f'<ellipse class="{look}" cx="{x + BOX / 2:g}" cy="{lid:g}" rx="{BOX / 2:g}" ry="8"/>'
    elif kind is Kind.BALANCER:
        sides = f"L{right - 14:g} {y:g}L{right:g} {middle:g}L{right - 14:g} {bottom:g}L{x + 14:g} {bottom:g}"
        yield f'<path class="{look}" d="M{x + 14:g} {y:g}{sides}L{x:g} {middle:g}Z"/>'
    else:
        round_by = {Kind.CLIENT: height / 2, Kind.CACHE: 12}.get(kind, 3)
        yield (f'<rect class="{look}" x="{x:g}" y="{y:g}" width="{BOX}" height="{height:g}" rx="{round_by:g}"/>')
    if kind is Kind.GATEWAY:
        for bar in (x + 7, right - 7):
            yield _line(bar, y, bar, bottom)


def _text(text: str, x: float, y: float, role: str) -> str:
    return f'<text class="{role}" x="{x:g}" y="{y:g}">{_safe(text)}</text>'


def _safe(text: str) -> str:
    """Text for the inside of an element."""
    return escape(words.printable(text))
