"""The kinds of faults. Each docstring's first sentence says what happens; docs/faults.md repeats it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minisvc.faults.fault import InstanceFault, StoreFault, seed_fault
from minisvc.field_faults import choice, number, seconds, whole

JITTERS = ("none", "uniform", "exponential")
WAYS = ("blackhole", "refuse", "reset")


@dataclass(frozen=True, kw_only=True)
class Crash(InstanceFault):
    """The instance dies: connections reset, memory gone; it is started again at the end."""

    kind: ClassVar[str] = "crash"

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} is down"


@dataclass(frozen=True, kw_only=True)
class Hang(InstanceFault):
    """The instance keeps its port and its connections and answers nothing; it goes on at the end."""

    kind: ClassVar[str] = "hang"

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} hangs"


@dataclass(frozen=True, kw_only=True)
class Slow(InstanceFault):
    """Every answer of the instance comes later, by a fixed time or by a random one.

    Attributes:
        delay_s: by how much, 0 to 3600 s; with jitter, the mean.
        jitter: "none" (always `delay_s`), "uniform" (from 0 to twice `delay_s`) or "exponential".
        seed: of the random times.
        checks: whether health checks wait as well.
    """

    kind: ClassVar[str] = "slow"
    delay_s: float = 0.2
    jitter: str = "none"
    seed: int = 1
    checks: bool = False

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [
            *super().faults(),
            seconds("delay_s", self.delay_s, 0),
            choice("jitter", self.jitter, JITTERS),
            seed_fault(self.seed),
        ]

    @property
    def says(self) -> str:
        """For the diary."""
        how = {"uniform": f"0 to {2 * self.delay_s:g} s", "exponential": f"{self.delay_s:g} s on average"}
        return f"{self.whom}'s answers take {how.get(self.jitter, f'{self.delay_s:g} s')} longer"


@dataclass(frozen=True, kw_only=True)
class ErrorShare(InstanceFault):
    """A share of the requests gets an error status instead of the work being done.

    Attributes:
        share: from 0 (none) to 1 (all).
        status: 400 to 599.
        seed: of the lot that decides.
        checks: whether health checks are drawn as well.
    """

    kind: ClassVar[str] = "error_share"
    share: float = 0.5
    status: int = 500
    seed: int = 1
    checks: bool = False

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [
            *super().faults(),
            number("share", self.share, 0, 1),
            whole("status", self.status, 400, 599),
            seed_fault(self.seed),
        ]

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} answers {self.status} to {self.share:.0%} of the requests"


@dataclass(frozen=True, kw_only=True)
class DropResponse(InstanceFault):
    """The work is done and its answer is dropped: the connection is reset after the handler ran.

    Attributes:
        share: of the requests, from 0 (none) to 1 (all).
        seed: of the lot that decides.
    """

    kind: ClassVar[str] = "drop_response"
    share: float = 1.0
    seed: int = 1

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [*super().faults(), number("share", self.share, 0, 1), seed_fault(self.seed)]

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} does the work and drops {self.share:.0%} of the answers"


@dataclass(frozen=True, kw_only=True)
class Refuse(InstanceFault):
    """The instance takes no new connections; the ones that it has go on."""

    kind: ClassVar[str] = "refuse"

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} takes no new connections"


@dataclass(frozen=True, kw_only=True)
class Partition(InstanceFault):
    """The instance is cut off from its store, and up for everybody else.

    Attributes:
        how: "blackhole" (nothing arrives and nothing is refused, until it heals), "refuse" (open connections
            are reset, new ones refused) or "reset" (new ones are taken and reset).
    """

    kind: ClassVar[str] = "partition"
    how: str = "blackhole"

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [*super().faults(), choice("how", self.how, WAYS)]

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom} does not reach the store ({self.how})"


@dataclass(frozen=True, kw_only=True)
class StoreCrash(StoreFault):
    """The store dies, and comes back on the same port at the end, with what it had on disk and nothing else."""

    kind: ClassVar[str] = "store_crash"

    @property
    def says(self) -> str:
        """For the diary."""
        return "the store crashed"


@dataclass(frozen=True, kw_only=True)
class StoreSlow(StoreFault):
    """Every command to the store takes longer.

    Attributes:
        delay_s: by how much, 0 to 3600 s.
    """

    kind: ClassVar[str] = "store_slow"
    delay_s: float = 0.1

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        return [seconds("delay_s", self.delay_s, 0)]

    @property
    def says(self) -> str:
        """For the diary."""
        return f"the store takes {self.delay_s:g} s longer for each command"


@dataclass(frozen=True, kw_only=True)
class StoreWipe(StoreFault):
    """The store loses all that it holds and stays up; nothing brings that back at the end."""

    kind: ClassVar[str] = "store_wipe"

    @property
    def says(self) -> str:
        """For the diary."""
        return "the store has lost all that it held"
