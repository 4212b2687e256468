"""What the field asserts, measured: each claim is an experiment on a running cluster that can fail.

>>> from minisvc import claims
>>> claims.run("crash-loses-share")     # in a notebook, the result displays itself
>>> claims.compare()                    # and so does the table of all places of state
"""

from __future__ import annotations

import time
from importlib import import_module

from minisvc.claims.claim import GROUPS, Claim, Source, UnknownClaim, Untried, registered
from minisvc.claims.comparison import Comparison, compare
from minisvc.claims.result import HOLDS, INCONCLUSIVE, REFUTED, Result
from minisvc.claims.trial import Trial
from minisvc.errors import NotReady, StoreUnavailable

__all__ = [
    "GROUPS",
    "HOLDS",
    "INCONCLUSIVE",
    "REFUTED",
    "Claim",
    "Comparison",
    "Result",
    "Source",
    "UnknownClaim",
    "Untried",
    "compare",
    "every",
    "find",
    "run",
]

FAMILIES = (
    "where_state_lives.affinity",
    "where_state_lives.crashes",
    "where_state_lives.hashing",
    "where_state_lives.memory",
    "where_state_lives.replication",
    "where_state_lives.stores",
    "what_the_client_carries.payload",
    "what_the_client_carries.cookies",
    "what_the_client_carries.signed_tokens",
    "what_the_client_carries.forgeries",
    "what_the_client_carries.delegated",
    "what_the_client_carries.conversation",
    "retries_caches_money.retries",
    "retries_caches_money.deliveries",
    "retries_caches_money.caches",
    "retries_caches_money.edge",
)
"""The modules of this package that make claims, in the order in which people see them."""


def every() -> tuple[Claim, ...]:
    """All claims, by group, in the order of their families."""
    for family in FAMILIES:
        import_module(f"minisvc.claims.{family}")

    def place(claim: Claim) -> tuple[int, int]:
        # Not the order of registration: whoever imports a family by itself comes first there.
        family = claim.experiment.__module__.removeprefix("minisvc.claims.")
        # A claim made elsewhere comes after ours.
        return GROUPS.index(claim.group), FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)

    return tuple(sorted(registered().values(), key=place))


def find(claim_id: str) -> Claim:
    """The claim of that id.

    Raises:
        UnknownClaim: there is none.
    """
    known = {each.id: each for each in every()}
    if claim_id not in known:
        raise UnknownClaim(claim_id, list(known))
    return known[claim_id]


def run(claim_id: str, seed: int = 1) -> Result:
    """Try a claim on real clusters; a seed repeats what was left to chance.

    Raises:
        UnknownClaim: there is none of that id.
    """
    claim, trial = find(claim_id), Trial(seed)
    began_s, unable = time.monotonic(), ""
    try:
        claim.experiment(trial)
    except (StoreUnavailable, NotReady, Untried) as missing:
        # No store here, or a machine too busy for an instance to get healthy: that says nothing of the claim.
        unable = str(missing)
    return Result(
        claim,
        seed,
        tuple(trial.findings),
        tuple(trial.runs),
        trial.chart,
        tuple(trial.notes),
        time.monotonic() - began_s,
        unable,
    )
