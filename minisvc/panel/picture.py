"""What the panel shows at one moment, as plain data: pure, and the same for browser and still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minisvc.panel.marks import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minisvc.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Customer:
    """A simulated user: `items` it believes to have, and whether its last look contradicted it."""

    name: str
    colour: str
    outline: str
    items: int
    contradicted: bool

    @property
    def says(self) -> str:
        """What stands beside the customer, such as ``3 items``, ``no items yet``, after a loss ``EMPTY``."""
        if self.items == 0:
            return "EMPTY" if self.contradicted else "no items yet"
        return f"{self.items} item{'s' if self.items > 1 else ''}{', rest LOST' if self.contradicted else ''}"


@dataclass(frozen=True, slots=True)
class Instance:
    """One running service: `status` as the balancer sees it, `served` answers so far."""

    name: str
    status: str
    served: int


@dataclass(frozen=True, slots=True)
class Chip:
    """One cart and the `place` that holds it: an instance's name, ``store`` or ``client``."""

    place: str
    owner: str | None
    items: int
    current: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole panel, left to right.

    `store` is the kind of store and whether it is down, None where there is none; `store_traffic` what instances and
    store have said to each other so far, in words, "" where nobody counts it.
    """

    title: str
    url: str
    state: str
    policy: str
    sticky: bool
    traffic: bool
    closed: bool
    served: int
    failed: int
    lost: int
    store: str | None
    store_traffic: str
    customers: tuple[Customer, ...]
    instances: tuple[Instance, ...]
    chips: tuple[Chip, ...]

    def owners_at(self, place: str) -> tuple[str, ...]:
        """Names of the customers whose present cart is at `place`, in their order."""
        return tuple(chip.owner for chip in self.chips if chip.place == place and chip.owner and chip.current)


def picture(cluster: Cluster, contradicted: Iterable[str] = ()) -> Picture:
    """Look at `cluster` once. `contradicted` names the users whose last assertion was false."""
    empty_handed = frozenset(contradicted)
    counts, service = cluster.ledger.counts(), cluster.layout.services[0]
    traffic = cluster.store_traffic()
    return Picture(
        title=service.name,
        url=cluster.url,
        state=service.state,
        policy=service.policy,
        sticky=service.affinity is not None,
        traffic=cluster.traffic_on,
        closed=False,
        served=counts.served,
        failed=counts.failed,
        lost=counts.lost,
        store=None if cluster.store is None else cluster.store.says,
        store_traffic=str(traffic.total) if traffic else "",
        customers=tuple(_customers(cluster, empty_handed)),
        instances=tuple(
            Instance(each.name, each.status, counts.by_backend.get(each.name, 0)) for each in cluster.backends
        ),
        chips=tuple(_chips(cluster)),
    )


def _customers(cluster: Cluster, contradicted: frozenset[str]) -> Iterable[Customer]:
    for place, user in enumerate(cluster.users):
        look = mark(place)
        yield Customer(user.name, look.colour, look.outline, len(user.expected), user.name in contradicted)


def _chips(cluster: Cluster) -> Iterable[Chip]:
    """In the order of the customers, so that a chip keeps its place while others come and go."""
    order = {user.name: place for place, user in enumerate(cluster.users)}
    held = sorted(cluster.holdings(), key=lambda each: order.get(each.owner or "", len(order)))
    return (Chip(each.place, each.owner, each.items, each.current) for each in held)
