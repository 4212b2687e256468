"""Moments of a running cluster that lessons measure."""

from __future__ import annotations

import time

from minisvc.cluster import Cluster

WAIT_S, LOOK_S = 10.0, 0.005
TROUBLE = ("crash", "hang")


def until_noticed_s(shop: Cluster, name: str, within_s: float = WAIT_S) -> float | None:
    """Seconds, to the millisecond, from the last crash or hang of the instance `name` until the balancer took it out.

    It is waited for at most `within_s`; None if it was not taken out by then. Where there was neither crash nor hang,
    as when it is only slow, the seconds count from now.
    """
    now_s = time.monotonic()
    events = [each for each in shop.events.since()[1] if each.target == name]
    began_s = max((each.at_s for each in events if each.kind in TROUBLE), default=now_s)
    while time.monotonic() < now_s + within_s:
        for each in shop.events.since()[1]:
            # A check may find out in the moment before the crash is written down.
            if each.kind == "health" and each.target == name and each.at_s > began_s - 0.1:
                return round(max(0.0, each.at_s - began_s), 3)
        time.sleep(LOOK_S)
    return None
