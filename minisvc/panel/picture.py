"""What the panel shows at one moment, as plain data: pure, and the same for browser and still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minisvc.panel.controls import controls
from minisvc.panel.crowd import Crowd, Pile, crowd, piles
from minisvc.panel.marks import mark
from minisvc.panel.survival import survival

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minisvc.cluster import Cluster

SEEN_AS_STATUS = ("down", "stopped", "hangs", "drains")
"""What the balancer's own word for an instance says already."""


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
    """One running service: `status` as the balancer sees it, `served` answers so far.

    `ails` says what else is wrong with it, such as ``slow``: what the balancer does not see.
    """

    name: str
    status: str
    served: int
    ails: tuple[str, ...] = ()


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

    Attributes:
        store: its kind and whether it is down, None where there is none.
        store_traffic: what instances and store have said to each other so far, in words, "" where nobody counts it.
        customers, chips: empty where there are too many to show each; then `crowd` and `piles` stand for them.
        rate: turns of traffic a second.
        retry: whether what is idempotent is sent again after a broken connection.
        host: "thread" or "process": in what an instance runs, and so what a crash looks like.
        store_down: whether a store is there and down.
        survives: what was measured of such a layout, in words; "" if nothing was.
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
    crowd: Crowd | None = None
    piles: tuple[Pile, ...] = ()
    rate: float = 4.0
    retry: bool = False
    host: str = "thread"
    store_down: bool = False
    survives: str = ""

    def pile_at(self, place: str) -> Pile | None:
        """The heap of carts at `place`; None where there is none, or each cart is shown."""
        return next((each for each in self.piles if each.place == place), None)

    def owners_at(self, place: str) -> tuple[str, ...]:
        """Names of the customers whose present cart is at `place`, in their order."""
        return tuple(chip.owner for chip in self.chips if chip.place == place and chip.owner and chip.current)


def picture(
    cluster: Cluster, contradicted: Iterable[str] = (), ailing: Mapping[str, tuple[str, ...]] | None = None
) -> Picture:
    """Look at `cluster` once.

    `contradicted` names the users whose last assertion was false, `ailing` what is wrong with which instance.
    """
    counts, service, store = cluster.ledger.counts(), cluster.layout.services[0], cluster.store
    traffic = cluster.store_traffic()
    customers = tuple(_customers(cluster, frozenset(contradicted)))
    chips, many = tuple(_chips(cluster)), crowd(customers)
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
        store=store.says if store else None,
        store_traffic=str(traffic.total) if traffic else "",
        customers=() if many else customers,
        instances=tuple(_instances(cluster, counts.by_backend, ailing or {})),
        chips=() if many else chips,
        crowd=many,
        piles=piles(chips) if many else (),
        rate=controls(cluster).rate,
        retry=cluster.layout.retry == "idempotent",
        host=cluster.layout.host,
        store_down=store is not None and not store.running,
        survives=survival(service),
    )


def _instances(
    cluster: Cluster, served: Mapping[str, int], ailing: Mapping[str, tuple[str, ...]]
) -> Iterable[Instance]:
    for each in cluster.backends:
        ails = tuple(what for what in ailing.get(each.name, ()) if what not in SEEN_AS_STATUS)
        yield Instance(each.name, each.status, served.get(each.name, 0), ails)


def _customers(cluster: Cluster, contradicted: frozenset[str]) -> Iterable[Customer]:
    for place, user in enumerate(cluster.users):
        look = mark(place)
        yield Customer(user.name, look.colour, look.outline, len(user.expected), user.name in contradicted)


def _chips(cluster: Cluster) -> Iterable[Chip]:
    """In the order of the customers, so that a chip keeps its place while others come and go."""
    order = {user.name: place for place, user in enumerate(cluster.users)}
    held = sorted(cluster.holdings(), key=lambda each: order.get(each.owner or "", len(order)))
    return (Chip(each.place, each.owner, each.items, each.current) for each in held)
