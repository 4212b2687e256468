"""Moments of a running cluster that lessons measure."""

from __future__ import annotations

import time

from minisvc.cluster import Cluster

WAIT_S, LOOK_S = 10.0, 0.005


def until_noticed_s(shop: Cluster, name: str, within_s: float = WAIT_S) -> float | None:
    """Seconds from now until the balancer takes the instance `name` out; None if not within `within_s`."""
    began_s = time.monotonic()
    cursor, _ = shop.events.since()
    while time.monotonic() < began_s + within_s:
        cursor, events = shop.events.since(cursor)
        found = next((each for each in events if each.kind == "health" and each.target == name), None)
        if found:
            return found.at_s - began_s
        time.sleep(LOOK_S)
    return None
