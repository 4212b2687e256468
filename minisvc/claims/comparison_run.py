"""One place of state, measured on a running cluster: every figure of its column in the comparison."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from minisvc.cluster import Cluster
from minisvc.exchange import Exchange
from minisvc.mechanisms import Form
from minisvc.users import GOODS, User

SCALE, CRASH, STORE_CRASH, AFTER_ALL = "scale_out", "instance_crash", "store_crash", "after_all"
PAYLOAD, MEMORY, LATENCY, CLIENT = "payload", "memory", "latency", "client"
NO_STORE = "no store"


@dataclass(frozen=True, slots=True)
class Method:
    """How much is done.

    Attributes:
        users: how many; a multiple of 12, so that three and four instances share them evenly.
        items: how many each puts into its cart.
        reads: how often each looks into it, for the latency.
    """

    users: int = 24
    items: int = 8
    reads: int = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure.

    Attributes:
        figure: a share (0 to 1), bytes, seconds or a count; None where there is nothing to measure.
        shown: the same for people.
        aside: what must be read beside it, such as the share that was answered at all; "" for nothing.
    """

    figure: float | None
    shown: str
    aside: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


UNTOLD = {"soft_affinity": Cell(None, "not told", "copies")}
"""States whose instances do not tell what they keep: the warm copies are no sessions of their own."""


def measured(form: Form, seed: int, method: Method) -> dict[str, Cell]:
    """All figures of one place, by the keys above.

    Raises:
        StoreUnavailable: its store is not to be had here.
    """
    chance = random.Random(seed)
    with Cluster(form.layout, seed=seed) as shop:
        users = shop.add_users(method.users)
        strange = [weight(user.check()) for user in users]
        stored = [fill(user, chance, method.items) for user in users]
        before = round_trips(shop)
        looked = [user.check() for _ in range(method.reads) for user in users]
        trips = None if before is None else ((round_trips(shop) or 0) - before) / len(looked)
        carried = fmean(map(weight, looked)) - fmean(strange)
        memory = sum(each.accounted_bytes for each in shop.memory().instances) / method.users
        state = form.layout.find().state
        return {
            PAYLOAD: Cell(carried, size(carried)),
            MEMORY: UNTOLD.get(state, Cell(memory, size(memory))),
            LATENCY: latency(looked, trips),
            CLIENT: Cell(fmean(stored), f"{fmean(stored):.3g}"),
            **broken(shop, users, chance),
        }


def broken(shop: Cluster, users: Sequence[User], chance: random.Random) -> dict[str, Cell]:
    """What users meet while one thing after the other happens to their cluster."""
    shop.crash("a")
    crashed = goes_on(users, chance)
    shop.restart("a")
    shop.scale(4)
    reads = [user.check() for _ in range(4) for user in users]
    scaled = sum(each.backend == "d" for each in reads) / len(reads)
    store = Cell(None, NO_STORE)
    if shop.store:
        shop.crash_store()
        store = goes_on(users, chance)
        shop.restart_store()
    # Everybody has a cart again that it is sure of.
    goes_on(users, chance)
    return {
        SCALE: Cell(scaled, share(scaled)),
        CRASH: crashed,
        STORE_CRASH: store,
        AFTER_ALL: after_all(shop, users, chance),
    }


def after_all(shop: Cluster, users: Sequence[User], chance: random.Random) -> Cell:
    """Everything crashes, and everything comes back."""
    for each in shop.backends:
        shop.crash(each.name)
    if shop.store:
        shop.crash_store()
        shop.restart_store()
    for each in shop.backends:
        shop.restart(each.name)
    return goes_on(users, chance)


def fill(user: User, chance: random.Random, items: int) -> int:
    """Put so many into a cart; how often the client had to store something new for it."""
    held = [user.cookie]
    for _ in range(items):
        user.add(chance.choice(GOODS))
        if user.cookie != held[-1]:
            held.append(user.cookie)
    return sum(each is not None for each in held)


def goes_on(users: Iterable[User], chance: random.Random) -> Cell:
    """The share of users whose next addition comes to all that they had; beside it, the share that was answered."""
    asked = [user.add(chance.choice(GOODS)) for user in users]
    right, up = (
        sum(each.lost is False for each in asked) / len(asked),
        sum(each.served for each in asked) / len(asked),
    )
    return Cell(right, share(right), f"up {share(up)}")


def latency(looked: Sequence[Exchange], trips: float | None) -> Cell:
    """The median, and the round trips that a look took where they can be counted."""
    middle_s = median(each.duration_s for each in looked)
    aside = "a file" if trips is None else f"{trips:.2g} trip{'s' * (trips != 1)}"
    middle_ms = 1000 * middle_s
    return Cell(middle_s, f"{middle_ms:.0f} ms" if middle_ms >= 10 else f"{middle_ms:.2g} ms", aside)


def weight(exchange: Exchange) -> int:
    """Bytes of a request without its id, which is no part of the cart and grows in digits."""
    return exchange.bytes_up - len(exchange.id)


def round_trips(shop: Cluster) -> int | None:
    """Of all instances so far; 0 without a store, None where no link counts (a file)."""
    if shop.store is None:
        return 0
    traffic = shop.store_traffic()
    return traffic.total.round_trips if traffic else None


def share(part: float) -> str:
    """Such as "67%"."""
    return f"{part:.0%}"


def size(weight_bytes: float) -> str:
    """Such as "434 B"."""
    return f"{weight_bytes:.0f} B"
