"""One request at a time, explained hop by hop: why it went there, what was found there, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minisvc.errors import MinisvcError, did_you_mean
from minisvc.users.mind import GOODS

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.exchange import Exchange
    from minisvc.stores.traffic import Carried
    from minisvc.users import User
    from minisvc.views import Holding

DEEDS = ("look", "add")
"""What a customer can do in one step: look into the cart, or add one item."""
SHOWN_COOKIE = 10


class NoSuchCustomer(MinisvcError):
    """A step was to be taken by somebody who is not there."""

    def __init__(self, name: str | None, known: list[str]) -> None:
        self.name = name
        who = f"There is no customer {name!r}.{did_you_mean(name, known)}" if name else "There is no customer yet."
        super().__init__(f"{who} Add one: cluster.add_users(1).")


@dataclass(frozen=True, slots=True)
class Hop:
    """One stop of a request: `place` is "customer", "balancer", an instance's name or "store"."""

    place: str
    says: str


@dataclass(frozen=True, slots=True)
class Step:
    """One request and its hops, in order. `lost` is None where the customer could not tell."""

    user: str
    deed: str
    backend: str | None
    served: bool
    lost: bool | None
    why: str
    hops: tuple[Hop, ...]

    def __str__(self) -> str:
        return "\n".join(f"{number}. {hop.place}: {hop.says}" for number, hop in enumerate(self.hops, 1))


@dataclass(frozen=True, slots=True)
class _Before:
    """What there was to see before the request left."""

    cookie: str | None
    expected: int
    holdings: tuple[Holding, ...]
    carried: Carried | None

    @property
    def places(self) -> list[str]:
        """Where the customer's present session is."""
        return [each.place for each in self.holdings]


def step(cluster: Cluster, user: str | None = None, deed: str = "look") -> Step:
    """Pause traffic, send one request and explain it.

    Args:
        cluster: a running one.
        user: who sends it, such as "c1"; None: of those who wait for nothing, whoever has sent the fewest.
        deed: one of `DEEDS`.

    Raises:
        NoSuchCustomer: nobody of that name.
    """
    cluster.stop_traffic()
    who = _find(cluster, user)
    before = _look(cluster, who)
    exchange = who.add(GOODS[before.expected % len(GOODS)]) if deed == "add" else who.check()
    return Step(
        who.name,
        deed,
        exchange.backend,
        exchange.served,
        exchange.lost,
        exchange.why,
        tuple(_hops(cluster, deed, before, exchange)),
    )


def _find(cluster: Cluster, name: str | None) -> User:
    users = cluster.users
    if name is None and users:
        return min(users, key=lambda each: (each.waits, len(each.expected) + len(each.cookies_seen)))
    for each in users:
        if each.name == name:
            return each
    raise NoSuchCustomer(name, [each.name for each in users])


def _look(cluster: Cluster, who: User) -> _Before:
    mine = tuple(each for each in cluster.holdings() if each.owner == who.name and each.current)
    traffic = cluster.store_traffic()
    return _Before(who.cookie, len(who.expected), mine, traffic.total if traffic else None)


def _hops(cluster: Cluster, deed: str, before: _Before, exchange: Exchange) -> list[Hop]:
    hops = [Hop("customer", _sends(deed, before, exchange)), Hop("balancer", _routes(cluster, exchange))]
    if exchange.backend:
        hops.append(Hop(exchange.backend, _finds(cluster, before, exchange.backend)))
        if cluster.store is not None:
            hops.append(Hop("store", _store_says(cluster, before, exchange)))
        hops.append(Hop(exchange.backend, _answers(exchange)))
    return [*hops, Hop("customer", _concludes(exchange))]


def _sends(deed: str, before: _Before, exchange: Exchange) -> str:
    does = "Adds an item" if deed == "add" else "Looks into the cart"
    one = before.expected == 1
    believes = f"believes that {before.expected or 'no'} item{' is' if one else 's are'} in it"
    carries = f"the session cookie {before.cookie[:SHOWN_COOKIE]}…" if before.cookie else "no session cookie yet"
    return f"{does} ({exchange.method} {exchange.path}), {believes}, and sends {carries}."


def _routes(cluster: Cluster, exchange: Exchange) -> str:
    service = cluster.layout.services[0]
    rule = (
        f"Policy {service.policy.replace('_', ' ')}, sticky {f'by {service.affinity}' if service.affinity else 'off'}"
    )
    if exchange.backend is None:
        return f"{rule}. It could send it nowhere: {exchange.error or exchange.why}."
    tried = f" It was the {exchange.tries}th try." if exchange.tries > 3 else ""
    tried = {2: " It was the second try.", 3: " It was the third try."}.get(exchange.tries, tried)
    return f"{rule}. It chose {exchange.backend} ({exchange.why}).{tried}"


def _finds(cluster: Cluster, before: _Before, backend: str) -> str:
    if before.cookie is None:
        return "No session came with the request: a new one begins here."
    if cluster.store is not None:
        return "It has the session id from the cookie, and asks the store."
    if "client" in before.places:
        return "The whole session came with the request; nothing has to be asked for."
    if backend in before.places:
        return "It finds the session in its own memory."
    elsewhere = f"It is in {' and '.join(before.places)}." if before.places else "It is nowhere any more."
    return f"It does not know that session. {elsewhere}"


def _store_says(cluster: Cluster, before: _Before, exchange: Exchange) -> str:
    store, traffic = cluster.store, cluster.store_traffic()
    assert store is not None
    went = None if traffic is None or before.carried is None else traffic.total - before.carried
    if exchange.served and went is not None and not went.round_trips:
        return f"{store.says}. It was not asked."
    if not store.running or (went is not None and not went.round_trips):
        return f"{store.says}: no answer came."
    counted = f" Asked and answered: {went}." if went else ""
    return f"{store.kind}. {_had(before)}{counted}"


def _had(before: _Before) -> str:
    if "store" not in before.places:
        return "It had no session for that id." if before.cookie else "It had nothing to find."
    items = sum(each.items for each in before.holdings if each.place == "store")
    return f"It had the session, {items} item{'' if items == 1 else 's'}."


def _answers(exchange: Exchange) -> str:
    after = f"after {exchange.duration_s * 1000:.0f} ms"
    if exchange.error and exchange.status in (None, 502, 504):
        return f"No answer came from it {after}: {exchange.error}."
    because = f", for {exchange.fault} is at work" if exchange.fault else ""
    return f"It answered {exchange.status} {after}{because}."


def _concludes(exchange: Exchange) -> str:
    if exchange.lost:
        return f"Lost: {exchange.sentence}."
    if not exchange.served:
        return f"Failed: {exchange.error or exchange.status}."
    return f"Served: {exchange.sentence}." if exchange.sentence else "Served."
