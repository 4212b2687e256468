"""The browser's half, put together: anywidget takes one module, which here is written in parts of one subject each."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
SHARED = ("words", "building", "bar", "cards", "stage", "dots", "times", "log", "steps", "asking", "scene")


def script(view: str) -> str:
    """The module of one view: the parts that all share, in the order in which they build on each other, and its own."""
    return "\n".join((HERE / "js" / f"{part}.js").read_text("utf-8") for part in (*SHARED, view))
