"""Small multiples: two or three clusters side by side, under the same users and the same fault."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import traitlets as t

from minisvc.panel.commands import UnknownCommand, WrongValue, obey
from minisvc.panel.live import Live
from minisvc.panel.scripts import HERE, script
from minisvc.panel.still import beside
from minisvc.panel.trial import FAULTS, Outcome, WrongTrial, layout_title, run_trial

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

MOST = 3
USERS = 6
SHARED = ("crash", "restart", "hang", "resume", "drain", "undrain", "slow")
"""Commands of the single panel that are given to every cluster at once."""


def compare(*clusters: Cluster) -> Comparison:
    """Open a view of two or three running clusters side by side; its `run` makes the same trial in each.

    Raises:
        WrongTrial: another number of clusters, or the same one twice.
    """
    if not 2 <= len(clusters) <= MOST or len(set(clusters)) < len(clusters):
        raise WrongTrial(f"A comparison takes two or three different clusters; there are {len(clusters)} here.")
    return Comparison(*clusters)


class Comparison(Live):
    """A view of two or three running clusters. `run` makes the same trial in each.

    Attributes:
        outcomes: of the last trial, in the clusters' order; empty before the first.
    """

    _esm = script("compare")
    _css = HERE / "panel.css"

    parts: t.List[dict[str, Any]] = t.List().tag(sync=True)
    faults: t.List[str] = t.List(list(FAULTS)).tag(sync=True)

    def __init__(self, *clusters: Cluster) -> None:
        self._clusters = clusters
        self.outcomes: tuple[Outcome, ...] = ()
        self._over, self._running = threading.Event(), threading.Lock()
        super().__init__(clusters)

    def run(self, fault: str = "crash", users: int = USERS) -> tuple[Outcome, ...]:
        """Let the same fresh users fill their carts in every cluster, then the same fault strike, and say who lost.

        `fault` is one of `minisvc.panel.trial.FAULTS`, `users` 1 to 50. Trials wait for each other.

        Raises:
            WrongTrial: no such fault, or no such number of users.
        """
        with self._running:
            self.outcomes = run_trial(self._clusters, fault, users, self._over)
        return self.outcomes

    def close(self) -> None:
        """Stop following, end a trial that runs, and take the view away."""
        self._over.set()
        super().close()

    def still_svg(self) -> str:
        """The present pictures, one below the other."""
        return beside([each.still_svg() for each in self._watches])

    def still_text(self) -> str:
        """The present pictures in words, and the last trial's outcome."""
        told = [f"{each.title}: {each.says}" for each in self.outcomes]
        return "\n\n".join([*(each.still_text() for each in self._watches), *(["\n".join(told)] if told else [])])

    def _end(self) -> None:
        self._over.set()
        super()._end()

    def _obeyed(self, request: Mapping[str, object]) -> Mapping[str, object] | None:
        name, value = request.get("command"), request.get("value")
        if name == "run":
            if not isinstance(value, str):
                raise WrongValue("run", value, "a fault and a number of users, such as 'crash 6'")
            fault, _, users = value.rpartition(" ")
            outcomes = self.run(fault, int(users) if users.isdecimal() else USERS)
            return {"kind": "outcomes", "outcomes": [each.says for each in outcomes]}
        if name not in SHARED:
            raise UnknownCommand(name)
        for each in self._clusters:
            obey(each, request)
        return None

    def _waits(self, request: Mapping[str, object]) -> bool:
        return request.get("command") == "run"

    def _show(self) -> None:
        self.parts = [
            {
                "title": layout_title(each.cluster),
                "picture": asdict(each.seen),
                "log": each.log(),
                "history": each.history(),
            }
            for each in self._watches
        ]
