"""A claim of the field as an experiment that can fail: a sentence, a prediction, a measurement, a control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from minisvc.claims.trial import Trial
from minisvc.errors import MinisvcError, did_you_mean

WHERE_STATE_LIVES = "Where state lives"
WHAT_THE_CLIENT_CARRIES = "What the client carries"
RETRIES_CACHES_MONEY = "Retries, caches, money"
GROUPS = (WHERE_STATE_LIVES, WHAT_THE_CLIENT_CARRIES, RETRIES_CACHES_MONEY)

Experiment = Callable[[Trial], None]
"""Measures on running clusters and tells the trial each figure, beside what is expected of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A public document that says so: its title, where in it, its address."""

    title: str
    section: str
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, and the experiment that holds it against a running cluster.

    Attributes:
        id: such as "crash-loses-share": what rules, lessons and people call it.
        group: one of `GROUPS`.
        says: the claim in one plain sentence.
        when: the conditions: instances, users, policy, where state lives, the fault.
        predicts: the figure, or its formula, worked out before the run.
        derivation: how it follows, in one line.
        control: the same with its cause removed, which must give another figure.
        sources: who says so.
        experiment: measures it.
    """

    id: str
    group: str
    says: str
    when: str
    predicts: str
    derivation: str
    control: str
    sources: tuple[Source, ...]
    experiment: Experiment


class UnknownClaim(MinisvcError):
    """Nobody knows a claim of that id."""

    def __init__(self, claim_id: str, known: list[str]) -> None:
        self.id, self.known = claim_id, known
        super().__init__(f'There is no claim "{claim_id}".{did_you_mean(claim_id, known)}')


class Untried(MinisvcError):
    """An experiment lacks something that this machine has not: the claim is inconclusive here, for that reason."""


_registry: dict[str, Claim] = {}


def claim(  # noqa: PLR0913  # a claim says all of these
    claim_id: str,
    group: str,
    says: str,
    *,
    when: str,
    predicts: str,
    derivation: str,
    control: str,
    sources: tuple[Source, ...],
) -> Callable[[Experiment], Experiment]:
    """Make a claim of the experiment below it, and enter it in the registry. Raises ValueError for an id used twice."""

    def enter(experiment: Experiment) -> Experiment:
        if claim_id in _registry:
            raise ValueError(f"the claim {claim_id!r} is made twice")
        _registry[claim_id] = Claim(claim_id, group, says, when, predicts, derivation, control, sources, experiment)
        return experiment

    return enter


def registered() -> dict[str, Claim]:
    """All claims by id, in the order in which their families are listed."""
    return dict(_registry)
