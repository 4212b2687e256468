"""Tiny services to learn on: run them, break them, and see what is lost.

>>> with Cluster("cart", instances=3, state="memory", affinity="cookie") as shop:
...     shop.crash("a")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minisvc.layout import HealthCheck, Layout, Service

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

__all__ = ["Cluster", "HealthCheck", "Layout", "Service"]


def __getattr__(name: str) -> Any:
    # The engine brings Flask and the balancer with it; a layout alone must stay quick to import.
    if name == "Cluster":
        from minisvc.cluster import Cluster  # noqa: PLC0415

        return Cluster
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
