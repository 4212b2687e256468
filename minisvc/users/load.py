"""A load as data: who does what, how often, for how long."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from minisvc.errors import did_you_mean
from minisvc.field_faults import choice, number, whole
from minisvc.users.errors import LoadError
from minisvc.users.journeys import Journey, find_journey

ACTIVITIES = ("equal", "zipf")
ARRIVALS = ("poisson", "constant")
TIMEOUT_S = 35.0
"""Longer than the balancer's own, so that the balancer says what went wrong."""


@dataclass(frozen=True, slots=True)
class Load:
    """What users do to a service.

    *Closed* load (`rate` is None): each user makes a step when its last one is answered and `think_s` is over, so
    a slow service is asked less. *Open* load (`rate` is a number): steps are due at their times whatever became
    of the others, as with people who do not know of each other, and latency counts from the intended time.

    Attributes:
        journey: a name in `JOURNEYS`, or a generator function.
        users: 1 to 20,000, called "u1", "u2", ...
        rate: steps a second over all users, up to 100,000; None for closed load.
        arrivals: in open load, "poisson" (exponential gaps) or "constant".
        duration_s: no step is due later; None for no limit.
        steps: so many in all; None for no limit.
        activity: "equal", or "zipf": the k-th user is active in proportion to 1 / k ** `zipf_s`.
        think_s: in closed load, between a user's steps, beside what its journey thinks. Under "zipf" it is the mean,
            and less active users think longer. Open load does not think.
        seed: of every decision.
        connections: so many at most; a user without one waits, and its latency counts that.
        timeout_s: for one answer, and for all that is under way when the load's time is over.

    Raises:
        LoadError: with every fault at once.
    """

    journey: str | Journey = "shopper"
    users: int = 100
    rate: float | None = None
    arrivals: str = "poisson"
    duration_s: float | None = None
    steps: int | None = None
    activity: str = "equal"
    zipf_s: float = 1.0
    think_s: float = 0.0
    seed: int = 1
    connections: int = 256
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        find_journey(self.journey)
        faults = [fault for fault in self._faults() if fault]
        if faults:
            raise LoadError(faults)

    @classmethod
    def of(cls, journey: str | Journey | Load = "shopper", **changes: Any) -> Load:
        """That load, or one of that journey, with some fields changed.

        Raises:
            LoadError: an unknown field, or the load's faults.
        """
        known = {each.name for each in fields(cls)}
        unknown = sorted(changes.keys() - known)
        if unknown:
            raise LoadError([f"field {each!r} is not known.{did_you_mean(each, sorted(known))}" for each in unknown])
        first = {each: getattr(journey, each) for each in known} if isinstance(journey, Load) else {"journey": journey}
        return cls(**{**first, **changes})

    def with_an_end(self) -> Load:
        """The load itself, if it ends by itself.

        Raises:
            LoadError: neither `duration_s` nor `steps` is given.
        """
        if self.duration_s is None and self.steps is None:
            raise LoadError(["The load has no end: give it duration_s or steps, or start it in the background."])
        return self

    @property
    def is_open(self) -> bool:
        """Whether steps come at their own times."""
        return self.rate is not None

    @property
    def title(self) -> str:
        """One line that says it all."""
        name = self.journey if isinstance(self.journey, str) else getattr(self.journey, "__name__", "a journey")
        how = f"open load, {self.rate:g} steps/s, {self.arrivals}" if self.rate is not None else "closed load"
        pause = f", {self.think_s:g} s think time" if self.think_s and not self.is_open else ""
        return f"{name}: {self.users} users, {how}{pause}, {self.activity} activity, seed {self.seed}"

    def _faults(self) -> list[str]:
        scaled = self.activity == "zipf" and not self.is_open and self.steps is None and not self.think_s
        return [
            whole("users", self.users, 1, 20_000),
            number("rate", self.rate, 0.001, 100_000, none=True),
            choice("arrivals", self.arrivals, ARRIVALS),
            number("duration_s", self.duration_s, 0.001, 86_400, none=True),
            whole("steps", self.steps, 1, 1_000_000_000, none=True),
            choice("activity", self.activity, ACTIVITIES),
            number("zipf_s", self.zipf_s, 0, 5),
            number("think_s", self.think_s, 0, 3600),
            whole("connections", self.connections, 1, 4096),
            number("timeout_s", self.timeout_s, 0.001, 3600),
            "activity 'zipf' in closed load needs steps to share out, or think_s above 0 to scale." if scaled else "",
        ]
