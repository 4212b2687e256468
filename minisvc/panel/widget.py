"""The panel: a live view of one cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import traitlets as t

from minisvc.panel.choices import choices
from minisvc.panel.commands import COMMANDS, obey
from minisvc.panel.live import Live
from minisvc.panel.scripts import HERE, script
from minisvc.panel.stepping import Step

if TYPE_CHECKING:
    from minisvc.cluster import Cluster


class Panel(Live):
    """A view of one running cluster. Display it; call `close()` to end it before the cluster ends."""

    _esm = script("panel")
    _css = HERE / "panel.css"

    picture = t.Dict().tag(sync=True)
    log: t.List[dict[str, Any]] = t.List().tag(sync=True)
    history = t.Dict().tag(sync=True)
    choices = t.Dict().tag(sync=True)

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        super().__init__([cluster])
        self.choices = choices(cluster.layout)

    def still_svg(self) -> str:
        """The present picture as an SVG document that carries its own colours."""
        return self._watches[0].still_svg()

    def _obeyed(self, request: Mapping[str, object]) -> Mapping[str, object] | None:
        told = obey(self._cluster, request)
        return {"kind": "step", "step": asdict(told)} if isinstance(told, Step) else None

    def _waits(self, request: Mapping[str, object]) -> bool:
        command = COMMANDS.get(str(request.get("command")))
        return command is not None and command.waits

    def _show(self) -> None:
        (watch,) = self._watches
        self.picture, self.log, self.history = asdict(watch.seen), watch.log(), watch.history()
