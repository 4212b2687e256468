"""What is broken since when, read out of a cluster's diary: what the time line shades and the instances say.

A crash, a hang and a drain are events of their own; an injected fault begins and ends by its name; a store's troubles
have the target "store".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minisvc.exchange import Event

BEGINS = {"crash": "down", "stop": "stopped", "hang": "hangs", "drain": "drains"}
"""Kinds of events that take an instance out, and what it does from then on."""
ENDS = {
    "restart": ("down", "stopped", "hangs", "drains"),
    "resume": ("hangs",),
    "undrain": ("drains",),
    "crash": ("hangs", "drains"),
}
FAULTS = {
    "slow": "slow",
    "partition": "cut off",
    "error_share": "errors",
    "drop_response": "drops answers",
    "refuse": "refuses",
    "store_crash": "down",
    "store_slow": "slow",
}
"""Kinds of injected faults in a word; of a crash and a hang the cluster's own events tell."""
STORE_COMMANDS = {" crashed:": True, " is back:": False}
MOST = 40


@dataclass(slots=True)
class Outage:
    """A fault to shade: from `since_s` until `until_s`, which is None while it lasts.

    `target` is an instance's name or "store", `what` a word or two, `fault` an injection's name, "" for others.
    """

    target: str
    what: str
    since_s: float
    until_s: float | None = None
    fault: str = ""


class Outages:
    """All that was broken of late, fed with one event after the other."""

    def __init__(self) -> None:
        self.all: deque[Outage] = deque(maxlen=MOST)

    def open(self) -> Iterable[Outage]:
        """Those that last."""
        return (each for each in self.all if each.until_s is None)

    def ailing(self) -> dict[str, tuple[str, ...]]:
        """What lasts now, by target."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.open():
            found[each.target] = (*found.get(each.target, ()), each.what)
        return found

    def forget(self, before_s: float) -> None:
        """Drop what was over by then."""
        kept = [each for each in self.all if each.until_s is None or each.until_s >= before_s]
        self.all = deque(kept, maxlen=MOST)

    def take(self, event: Event, at_s: float) -> None:
        """Take in one event, which happened at `at_s`."""
        if event.kind in ENDS:
            self._end(at_s, event.target, ENDS[event.kind])
        if event.kind in BEGINS and event.target:
            self.all.append(Outage(event.target, BEGINS[event.kind], at_s))
        elif event.kind == "state":
            self._end(at_s, None, (*ENDS["restart"], "cut off"))
        elif event.kind == "leave":
            self._end(at_s, event.target, None)
        elif event.kind == "store":
            self._take_store(event.sentence, at_s)
        elif event.kind == "fault":
            self._take_fault(event, at_s)

    def _take_store(self, sentence: str, at_s: float) -> None:
        for words, begins in STORE_COMMANDS.items():
            if words in sentence and begins:
                self.all.append(Outage("store", "down", at_s))
            elif words in sentence:
                self._end(at_s, "store", ("down",))

    def _take_fault(self, event: Event, at_s: float) -> None:
        name = event.sentence.split(" ", 1)[0]
        kind = name.rpartition("-")[0]
        if " begins: " in event.sentence and kind in FAULTS:
            targets = (event.target or "all").split(", ")
            self.all += [Outage(target, FAULTS[kind], at_s, fault=name) for target in targets]
        elif " begins: " not in event.sentence:
            for each in self.open():
                if each.fault == name:
                    each.until_s = at_s

    def _end(self, at_s: float, target: str | None, what: tuple[str, ...] | None) -> None:
        for each in self.open():
            if target in (None, each.target) and (what is None or each.what in what):
                each.until_s = at_s
