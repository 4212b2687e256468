"""What users met over time in one run: how much was answered, how much was right, and when it was broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from minisvc.exchange import Event, Exchange

BINS = 30
BEGINS = {"crash": "restart", "hang": "resume", "stop": "restart"}
"""Kinds of events that break something, and those that end it."""
FAULT = "fault"
"""The kind of events that tell of an injected fault; their sentences begin with its name."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A time in which something was broken, in seconds since the run began; `end_s` None: to its end."""

    start_s: float
    end_s: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One run.

    Attributes:
        at_s: the middle of each bin, in seconds since the run began.
        up, correct: the share of its exchanges that was served, and of those with a verdict that was right; None for a
            bin without any.
        shades: what was broken, and when.
    """

    at_s: tuple[float, ...]
    up: tuple[float | None, ...]
    correct: tuple[float | None, ...]
    shades: tuple[Shade, ...]

    @property
    def tells(self) -> bool:
        """Whether something happened: a line that stays at the top while nothing is broken tells nobody anything."""
        return bool(self.shades) or any(share not in {None, 1.0} for share in (*self.up, *self.correct))


def timeline(exchanges: Sequence[Exchange], events: Sequence[Event]) -> Timeline:
    """The run that these exchanges and events were; empty without exchanges."""
    if not exchanges:
        return Timeline((), (), (), ())
    began_s = min(each.started_s for each in exchanges)
    width_s = max(max(each.started_s for each in exchanges) - began_s, 1e-6) / BINS
    bins: list[list[Exchange]] = [[] for _ in range(BINS)]
    for each in exchanges:
        bins[min(BINS - 1, int((each.started_s - began_s) / width_s))].append(each)
    return Timeline(
        tuple((number + 0.5) * width_s for number in range(BINS)),
        tuple(_share([each.served for each in some]) for some in bins),
        tuple(_share([not each.lost for each in some if each.lost is not None]) for some in bins),
        tuple(_shades(events, began_s)),
    )


def _share(truths: list[bool]) -> float | None:
    return sum(truths) / len(truths) if truths else None


def _shades(events: Sequence[Event], began_s: float) -> list[Shade]:
    found = []
    for index, event in enumerate(events):
        later = events[index + 1 :]
        if event.kind in BEGINS:
            ends = (each.at_s for each in later if each.kind == BEGINS[event.kind] and each.target == event.target)
            label = f"{event.target}: {event.kind}"
        elif event.kind == FAULT and (parts := event.sentence.partition(" begins: "))[1]:
            name, _, label = parts
            if name.rpartition("-")[0] in BEGINS:
                # The cluster's own event of it is shaded.
                continue
            ends = (each.at_s for each in later if each.kind == FAULT and each.sentence.startswith(f"{name} ends"))
        else:
            continue
        end_s = next(ends, None)
        shade_end_s = None if end_s is None else end_s - began_s
        found.append(Shade(max(0.0, event.at_s - began_s), shade_end_s, label.removesuffix(".")))
    return found
