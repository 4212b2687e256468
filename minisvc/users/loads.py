"""The loads of one cluster: several may run at once, and all end with it."""

from __future__ import annotations

from typing import Any

from minisvc.exchange import Ledger
from minisvc.users.journeys import Journey
from minisvc.users.light import Target
from minisvc.users.load import Load
from minisvc.users.running import Running, Told


class Loads:
    """Starts loads that share a ledger and, where a load names none, a seed."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger, self._seed = ledger, seed
        self._running: list[Running] = []

    def plan(self, journey: str | Journey | Load, fields: dict[str, Any]) -> Load:
        """The load that is meant; `seed` None, or none at all, is the cluster's.

        Raises:
            LoadError: with every fault at once.
        """
        if fields.get("seed") is None and not isinstance(journey, Load):
            fields = {**fields, "seed": self._seed}
        return Load.of(journey, **{name: value for name, value in fields.items() if (name, value) != ("seed", None)})

    def start(self, load: Load, target: Target, progress: Told | bool | None = None) -> Running:
        """One more, in the background."""
        self._running = [each for each in self._running if not each.is_over or each.has_news]
        running = Running(load, target, self._ledger, progress=progress)
        self._running.append(running)
        return running

    def forget(self) -> None:
        """Every user of every load starts again as a new customer."""
        for each in self._running:
            each.forget()

    def close(self) -> None:
        """End them all at once.

        Raises:
            BaseExceptionGroup: what journeys had raised and nobody had been told.
        """
        running, self._running = self._running, []
        errors = [error for each in running if (error := each.abort()) is not None]
        if errors:
            raise BaseExceptionGroup("journeys had errors", errors)
