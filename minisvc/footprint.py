"""What sessions cost the instances that hold them: two figures, each called what it is.

*Accounted* is the deep size of every session as Python objects (`sys.getsizeof` of it and of all it contains):
live, in any host, but blind to what the interpreter's allocator and an encoding add or save. *Measured* is the
slope of a process's resident memory over the sessions in it (`host="process"`): what the operating system sees. It is
an upper bound, for a look makes the process copy its sessions once, and threads for new connections count as well:
warm up, use few connections (`load(..., connections=8)`), look several times, and believe thousands of sessions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from minisvc.host import Host

LEAST_SPREAD = 100
"""Between the fewest and the most sessions of an instance, for its memory pages to tell anything."""


@dataclass(frozen=True, slots=True)
class InstanceMemory:
    """One instance now.

    Attributes:
        sessions: how many its own memory holds; 0 where state lives elsewhere.
        accounted_bytes: their deep size.
        resident_bytes: its process's resident memory; None for an instance in a thread, or one that does not run.
    """

    name: str
    sessions: int
    accounted_bytes: int
    resident_bytes: int | None


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """All instances now, and what a session costs.

    Attributes:
        slope_bytes: resident bytes a session at most, over all looks so far; None without processes, or while the looks
            differ by fewer than `LEAST_SPREAD` sessions.
    """

    instances: tuple[InstanceMemory, ...]
    slope_bytes: float | None

    @property
    def sessions(self) -> int:
        """How many the instances hold together."""
        return sum(each.sessions for each in self.instances)

    @property
    def session_bytes(self) -> float | None:
        """Accounted bytes a session; None if there is none."""
        return sum(each.accounted_bytes for each in self.instances) / self.sessions if self.sessions else None

    def __str__(self) -> str:
        accounted = "none in memory" if self.session_bytes is None else f"{self.session_bytes:,.0f} bytes a session"
        slope = "not to be told yet" if self.slope_bytes is None else f"at most {self.slope_bytes:,.0f} bytes a session"
        lines = [
            f"{self.sessions} sessions in instance memory",
            f"  accounted (deep size as Python objects)  {accounted}",
            f"  measured (slope of resident memory)      {slope}",
        ]
        for each in self.instances:
            resident = "a thread's is not its own" if each.resident_bytes is None else f"{each.resident_bytes:,} bytes"
            lines.append(
                f"  {each.name}: {each.sessions} sessions, {each.accounted_bytes:,} bytes; resident {resident}"
            )
        return "\n".join(lines)


class Footprint:
    """Looks at the instances now and then, and remembers what it saw. One thread at a time."""

    def __init__(self) -> None:
        self._looks: dict[str, list[tuple[int, int]]] = {}

    def look(self, hosts: Iterable[Host]) -> MemoryReport:
        """One more look at them."""
        seen = []
        for host in hosts:
            sessions = host.sessions()
            accounted = sum(deep_size(sid) + deep_size(session) for sid, session in sessions.items())
            memory = InstanceMemory(host.name, len(sessions), accounted, host.memory_bytes())
            self._remember(memory)
            seen.append(memory)
        return MemoryReport(tuple(seen), slope(self._looks.values()))

    def _remember(self, memory: InstanceMemory) -> None:
        looks = self._looks.setdefault(memory.name, [])
        if looks and memory.sessions < looks[-1][0]:
            # It lost sessions: another process, or memory that its allocator keeps for the next ones.
            looks.clear()
        if memory.resident_bytes is not None:
            looks.append((memory.sessions, memory.resident_bytes))


def deep_size(thing: object) -> int:
    """Bytes of an object and of all that it contains, as `sys.getsizeof` has them; each object once."""
    seen, waiting, total = set[int](), [thing], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        total += sys.getsizeof(each)
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting += each
    return total


def slope(groups: Iterable[list[tuple[int, int]]]) -> float | None:
    """The least-squares slope of pairs (x, y), each group about its own mean; None if their x are too near."""
    above = below = 0.0
    for pairs in groups:
        if not pairs or max(pairs)[0] - min(pairs)[0] < LEAST_SPREAD:
            continue
        mean_x, mean_y = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
        above += sum((x - mean_x) * (y - mean_y) for x, y in pairs)
        below += sum((x - mean_x) ** 2 for x, _ in pairs)
    return above / below if below else None
