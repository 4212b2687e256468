"""The switch of the live view's simulated users."""

from __future__ import annotations

from collections.abc import Sequence

from minisvc.users import Traffic, User


class Switch:
    """On, off and on again, with the same users.

    Attributes:
        users: they keep their cookies and their memories while they rest.
        rate: turns a second over all of them.
    """

    def __init__(self, users: Sequence[User], rate: float, seed: int) -> None:
        self.users, self.rate, self._seed = users, rate, seed
        self._traffic: Traffic | None = None

    @property
    def is_on(self) -> bool:
        """Whether they take turns."""
        return self._traffic is not None

    def turn_on(self) -> None:
        """Let them take turns; without users, nothing happens."""
        if self.users and self._traffic is None:
            self._traffic = Traffic(lambda: self.users, self.rate, self._seed)

    def turn_off(self) -> None:
        """Let them rest, after the turns that are under way; raises what a turn raised, if one did."""
        traffic, self._traffic = self._traffic, None
        if traffic:
            traffic.stop()
