"""What can be chosen in a panel of one cluster: only what runs there, and here on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minisvc.abilities import policy_fault
from minisvc.errors import StoreUnavailable
from minisvc.layout import POLICIES, STATES
from minisvc.stores.postgres_process import find_programs

if TYPE_CHECKING:
    from minisvc.layout import Layout


def choices(layout: Layout) -> dict[str, list[str]]:
    """The ``states`` and ``policies`` to offer, in the order of `minisvc.layout`."""
    return {
        "states": [state for state in STATES if state != "postgres" or _has_postgres()],
        "policies": [policy for policy in POLICIES if not policy_fault(layout.balancer, policy)],
    }


def _has_postgres() -> bool:
    try:
        find_programs()
    except StoreUnavailable:
        return False
    return True
