"""The three forms in which lessons break a service: the same cart, and only the place of its state differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from minisvc.cluster import Cluster

FORMS: Mapping[str, Mapping[str, Any]] = {
    "stateful": {"state": "memory", "affinity": "cookie"},
    "stateless": {"state": "signed_cookie", "affinity": None},
    "hybrid": {"state": "redis", "affinity": None},
}
"""Stateful: carts in memory, customers bound. Stateless: the customer carries the cart. Hybrid: instances that keep
nothing, in front of a store that keeps all.
"""

Found = TypeVar("Found")


def in_each_form(experiment: Callable[[Cluster], Found], service: str = "cart", **fields: Any) -> dict[str, Found]:
    """Run an experiment on a fresh service of each form, and return what it returned, by form.

    `fields` are further fields of the layout, such as `instances=2`.
    """
    found = dict[str, Found]()
    for form, place in FORMS.items():
        with Cluster(service, **{**place, **fields}) as shop:
            found[form] = experiment(shop)
    return found
