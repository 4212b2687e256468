"""The few strokes of which a still picture is made, each as a piece of SVG. Lengths are in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from minisvc.panel.picture import Customer

INK, FAINT, PAPER = "#1b1b1b", "#595959", "#ffffff"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pen:
    """How something is written; a halo keeps words readable where a line runs beneath them."""

    colour: str = INK
    bold: bool = False
    halo: bool = False


def words(x: float, y: float, said: str, pen: Pen = Pen()) -> str:
    """One line of text whose first letter stands on (x, y)."""
    weight = ' font-weight="600"' if pen.bold else ""
    edge = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if pen.halo else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{pen.colour}"{weight}{edge}>{escape(said)}</text>'


def box(corner: Point, size: Point, pen: Pen, *, broken: bool = False) -> str:
    """A box from its top left corner; a broken one is out of service."""
    (x, y), (width, height) = corner, size
    dashes = ' stroke-dasharray="6 4"' if broken else ""
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="8" '
        f'fill="{PAPER}" stroke="{pen.colour}" stroke-width="2"{dashes}/>'
    )


def link(start: Point, end: Point, *, broken: bool = False) -> str:
    """A line along which requests go."""
    dashes = ' stroke-dasharray="4 5"' if broken else ""
    path = f"M{start[0]:.0f},{start[1]:.0f}L{end[0]:.0f},{end[1]:.0f}"
    return f'<path d="{path}" stroke="#b5b5b5"{dashes}/>'


def shape(customer: Customer, middle: Point, *, scale: float = 1.0) -> str:
    """The customer's mark."""
    place = f"translate({middle[0]:.0f},{middle[1]:.0f}) scale({scale})"
    look = f'fill="{customer.colour}" stroke="{INK}" stroke-width="1"'
    return f'<path transform="{place}" d="{customer.outline}" {look}/>'
