"""Counts, over every possible set of answers, who wins: exactly, without visiting them one by one.

The axes are taken in turn. What is known after some of them is a *state*: the arguments that can still fire
(`pending`), and the points of each lane. Answer sets that lead to the same state are counted together, and a
lane that cannot win any more, whatever the other answers are, is dropped from it. That leaves few states.

The points of a state are one integer with a byte a lane, so that adding to all lanes is one addition; 0 is
a lane that is out, and the best lane is at `TOP`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from math import prod

from advisor.space.contest import Contest
from advisor.space.sweep import Sweep, asked_on

BRANCHES = 64
"""Into how many parts the space is divided first, at most, by its weightiest axes."""

Outcome = tuple[str | None, ...]
Known = dict[str, str]


@dataclass(slots=True)
class Tally:
    """How many answer sets have an outcome, how many of these are ties, and one of each (as known choices)."""

    sets: int = 0
    ties: int = 0
    example: Known | None = None
    tie: Known | None = None


@dataclass(slots=True)
class Census:
    """The result: by outcome (the winner in each rulebook; None: nothing is left) its tally.

    Attributes:
        agreed: answer sets of which only that is known: that all rulebooks have the same winner.
    """

    size: int
    outcomes: dict[Outcome, Tally] = field(default_factory=dict)
    agreed: int = 0


def count(contest: Contest, progress: Callable[[float], None] | None = None) -> Census:
    """Count all answer sets; `progress` is told the share that is done, from 0 to 1."""
    census = Census(contest.size)
    axes = _weightiest(contest)
    parts = list(product(*(range(len(contest.permits[axis])) for axis in axes)))
    for number, part in enumerate(parts):
        taken = dict(zip(axes, part, strict=True))
        times = prod(len(contest.members[axis][class_]) for axis, class_ in taken.items())
        _add(census, Sweep(contest, taken), times)
        if progress:
            progress((number + 1) / len(parts))
    return census


def count_changes(contest: Contest, progress: Callable[[float], None] | None = None) -> Census:
    """The same for two rulebooks, looking only where they can differ; the rest counts as agreed."""
    size = contest.size
    census = Census(size)
    parts = list(contest.disputed())
    for number, part in enumerate(parts):

        def share(done: float, before: int = number) -> None:
            if progress:
                progress((before + done) / len(parts))

        found = count(part, share)
        for outcome, tally in found.outcomes.items():
            known = census.outcomes.setdefault(outcome, Tally())
            known.sets += tally.sets
            known.ties += tally.ties
            known.example = known.example or tally.example
    census.agreed = size - sum(tally.sets for outcome, tally in census.outcomes.items() if outcome[0] != outcome[1])
    return census


def _weightiest(contest: Contest) -> list[int]:
    """The axes that most arguments look at, as many as make no more parts than `BRANCHES`."""

    def weight(axis: int) -> int:
        return asked_on(contest.permits[axis]).bit_count()

    chosen: list[int] = []
    parts = 1
    for axis in sorted(range(len(contest.axes)), key=weight, reverse=True):
        parts *= len(contest.permits[axis])
        if parts > BRANCHES:
            break
        chosen.append(axis)
    return chosen


def _add(census: Census, sweep: Sweep, times: int) -> None:
    for ending in sweep.endings():
        if ending.winners is None:
            census.agreed += ending.sets * times
            continue
        tally = census.outcomes.setdefault(ending.winners, Tally())
        tally.sets += ending.sets * times
        tally.example = tally.example or sweep.example(ending)
        if ending.tie:
            tally.ties += ending.sets * times
            tally.tie = tally.tie or sweep.example(ending)
