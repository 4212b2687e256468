"""A widget that leaves a still picture in the file, for whoever opens it without a kernel.

JupyterLab prefers a live view to any other form of the same output, and says "model not found" when
there is no kernel behind it. So the still picture is an output of its own: the live view hides it
while it is there, and where it is not, the still picture hides JupyterLab's message.
"""

from __future__ import annotations

from html import escape
from typing import Any

import anywidget
import traitlets as t
from IPython.display import DisplayHandle, display

VIEW = "application/vnd.jupyter.widget-view+json"
LEAD = "A live view, which needs a running notebook; here is how it looked last."


class Shown(anywidget.AnyWidget):
    """A live view with a still picture: a subclass says with `still_html` and `still_text` how it looks."""

    still_id = t.Unicode().tag(sync=True)
    _still: DisplayHandle | None = None

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.still_id = str(self.model_id)

    def still_html(self) -> str:
        """The present look as HTML that needs no script and no style sheet."""
        raise NotImplementedError

    def still_text(self) -> str:
        """The present look in words."""
        raise NotImplementedError

    def still_svg(self) -> str | None:
        """The present look as an SVG document, where there is one."""
        return None

    def still_bundle(self) -> dict[str, str]:
        """The still picture as an output: HTML, SVG and plain text."""
        bundle = {"text/html": self._framed(), "text/plain": self.still_text()}
        svg = self.still_svg()
        return bundle if svg is None else {**bundle, "image/svg+xml": svg}

    def refresh_still(self) -> None:
        """Bring the still picture in the notebook up to date, if this view was ever displayed."""
        if self._still is not None:
            self._still.update(self.still_bundle(), raw=True)  # type: ignore[no-untyped-call]

    def _ipython_display_(self) -> None:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({VIEW: view, "text/plain": LEAD}, raw=True)  # type: ignore[no-untyped-call]
        self._still = DisplayHandle()  # type: ignore[no-untyped-call]
        self._still.display(self.still_bundle(), raw=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, **self.still_bundle()}, metadata

    def _framed(self) -> str:
        # The rule finds the empty message box of a missing view in the output just above this one.
        rule = (
            ".jp-OutputArea-child:has(+ .jp-OutputArea-child [data-statewise-still]) "
            ".jupyter-widgets:not(:has(*)){display:none}"
        )
        return f'<style>{rule}</style><div data-statewise-still="{escape(self.still_id)}">{self.still_html()}</div>'
