"""A result as a picture: what users met over time with the fault shaded, or the claim's own chart. SVG.

Text and axes take the colour of the page around them, so that one picture serves light and dark; lines differ in colour
(Okabe-Ito), in dash and in their labels.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minisvc.claims.result import Result
from minisvc.claims.timeline import Timeline
from minisvc.claims.trial import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("solid", "dashed", "dashdot", "dotted")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK = "#010203"
"""Stands for the page's own text colour until the picture is written."""


def svg(result: Result) -> str:
    """The picture as an `<svg>` element; "" where there is nothing to draw.

    Runs in which everything was answered and right, with nothing broken, are not drawn: the table beside it says so.
    """
    runs = [run for run in result.runs if run.timeline.tells]
    if result.chart is None and not runs:
        return ""
    import matplotlib as mpl  # noqa: PLC0415  # half a second that others need not pay
    from matplotlib.figure import Figure  # noqa: PLC0415

    colours = dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK)
    settings: Any = {**colours, "svg.fonttype": "none", "svg.hashsalt": result.claim.id, "font.size": 9}
    with mpl.rc_context(settings):
        if result.chart:
            figure = Figure(figsize=(6.4, 3.0), layout="constrained")
            _draw_chart(figure.subplots(), result.chart)
        else:
            figure = Figure(figsize=(6.4, 1.3 + 1.2 * len(runs)), layout="constrained")
            axes = figure.subplots(len(runs), 1, squeeze=False)[:, 0]
            for each, run in zip(axes, runs, strict=True):
                _draw_run(each, run.label, run.timeline, is_first=each is axes[0])
            axes[-1].set_xlabel("seconds")
        return _written(figure)


def _draw_chart(axes: Axes, chart: Chart) -> None:
    for number, curve in enumerate(chart.curves):
        look: dict[str, Any] = {
            "color": COLOURS[number % len(COLOURS)],
            "label": curve.label,
            "marker": MARKERS[number % len(MARKERS)],
        }
        line = "none" if curve.dots else DASHES[number % len(DASHES)]
        axes.plot(curve.x, curve.y, linestyle=line, markersize=4, **look)
    axes.set(xlabel=chart.x_label, ylabel=chart.y_label)
    if chart.log_y:
        axes.set_yscale("log")
    _finish(axes)
    axes.legend(frameon=False, fontsize=8)


def _draw_run(axes: Axes, label: str, line: Timeline, *, is_first: bool) -> None:
    for number, (name, shares) in enumerate((("up", line.up), ("correct", line.correct))):
        at_s, heights = _heights(line, shares)
        look: dict[str, Any] = {"color": COLOURS[number], "linestyle": DASHES[number], "marker": MARKERS[number]}
        axes.plot(at_s, heights, label=name, markersize=3, **look)
    end_s = line.at_s[-1] + line.at_s[0]
    for shade in line.shades:
        axes.axvspan(shade.start_s, shade.end_s or end_s, color="#999999", alpha=0.25, linewidth=0)
        axes.annotate(shade.label, (shade.start_s, 50), fontsize=7, xytext=(3, 0), textcoords="offset points")
    axes.set(ylim=(-5, 108), xlim=(0, end_s), ylabel="%")
    axes.set_title(label, fontsize=9, loc="left")
    _finish(axes)
    if is_first:
        axes.legend(frameon=False, fontsize=8, loc="lower left", ncols=2)


def _heights(line: Timeline, shares: Sequence[float | None]) -> tuple[list[float], list[float]]:
    """Percent over time: joined over times in which nothing was sent, broken where nobody could assert anything."""
    pairs = [
        (moment, math.nan if share is None else 100 * share)
        for moment, share, up in zip(line.at_s, shares, line.up, strict=True)
        if up is not None
    ]
    return [moment for moment, _ in pairs], [height for _, height in pairs]


def _finish(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, alpha=0.2)


def _written(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor")
