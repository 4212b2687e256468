"""What buttons have set at one cluster and the cluster itself does not keep: held faults, and the pace of traffic.

Every panel of a cluster shares one `Controls`, so that what one panel broke another can mend.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.injection import Injection

TRAFFIC_PER_S = 4.0
MOST_PER_S = 200.0
SLOW_BY_S = 0.5
FIELDS: dict[str, dict[str, Any]] = {"slow": {"delay_s": SLOW_BY_S}, "partition": {"how": "blackhole"}}
"""Faults that a button holds, and their fields."""


class Controls:
    """Of one cluster. Safe from any thread, as the cluster's lock is held.

    Attributes:
        rate: turns of traffic a second over all customers, above 0.
    """

    def __init__(self) -> None:
        self.rate = TRAFFIC_PER_S
        self._held: dict[tuple[str, str], Injection] = {}

    def toggle(self, cluster: Cluster, kind: str, instance: str) -> None:
        """Begin the fault at that instance, or end it if it was begun here."""
        with cluster.lock:
            held = self._held.pop((kind, instance), None)
            if held is not None:
                held.__exit__(None, None, None)
                return
            fault = cluster.fault(kind, instance, **FIELDS[kind])
            fault.__enter__()
            self._held[kind, instance] = fault

    def end(self, cluster: Cluster, kind: str | None = None) -> None:
        """End all held faults of a kind (None: of every kind)."""
        with cluster.lock:
            for key in [each for each in self._held if kind in (None, each[0])]:
                self._held.pop(key).__exit__(None, None, None)


_all: WeakKeyDictionary[Cluster, Controls] = WeakKeyDictionary()
_lock = threading.Lock()


def controls(cluster: Cluster) -> Controls:
    """Those of `cluster`, the same for every panel."""
    with _lock:
        return _all.setdefault(cluster, Controls())


def let_go(cluster: Cluster) -> None:
    """Forget a closed cluster, which its held faults would otherwise keep in memory."""
    with _lock:
        _all.pop(cluster, None)
