"""The mark that stands for one customer: a colour *and* a shape, so that no one needs the colour.

Colours are those of Okabe and Ito, which colour-blind people can tell apart; vermillion is left out
because it means harm everywhere in the panel. Six colours times seven shapes give 42 different marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

HARM = "#D55E00"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442")


@dataclass(frozen=True, slots=True)
class Mark:
    """Colour as ``#RRGGBB`` and outline as an SVG path within a circle of radius 10 around (0, 0)."""

    colour: str
    outline: str


def _polygon(radii: tuple[float, ...], turn: float = -90.0) -> str:
    """A closed path through as many corners as radii, evenly round the centre, the first one on top."""
    step = 360 / len(radii)
    angles = (pi * (turn + step * place) / 180 for place in range(len(radii)))
    corners = (f"{r * cos(a):.1f},{r * sin(a):.1f}" for r, a in zip(radii, angles, strict=True))
    return "M" + "L".join(corners) + "Z"


OUTLINES = (
    "M-8.5,0A8.5,8.5 0 1 0 8.5,0A8.5,8.5 0 1 0 -8.5,0Z",  # circle
    _polygon((10.0,) * 4, turn=-45.0),  # square
    _polygon((10.0,) * 3),  # triangle
    _polygon((10.0,) * 4),  # diamond
    _polygon((9.5,) * 6),  # hexagon
    _polygon((10.0, 4.6) * 5),  # star
    _polygon((10.0,) * 3, turn=90.0),  # triangle on its head
)


def mark(place: int) -> Mark:
    """The mark of the customer at `place` (0 or more); the same place always has the same mark."""
    return Mark(COLOURS[place % len(COLOURS)], OUTLINES[place % len(OUTLINES)])
