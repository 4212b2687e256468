"""What an edge cache does for a service whose origin is down, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Flask, Response

from minisvc.claims.claim import RETRIES_CACHES_MONEY, Source, claim
from minisvc.claims.expected import exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.clock import FakeClock
from minisvc.edge import Edge
from minisvc.services import catalog
from minisvc.services.cache import Habits
from minisvc.users import User

PRODUCTS, FRESH_S, STALE_S = 15, 60, 600
AGES_S = (0, 30, 59, 61, 300, 659, 661, 900)
"""At which the readers come; each directive's window ends between two of them."""
FRESH, STALE, TOO_OLD = "fresh", "stale", "too old"
WINDOWS = {FRESH: (0, FRESH_S), STALE: (FRESH_S, FRESH_S + STALE_S), TOO_OLD: (FRESH_S + STALE_S, AGES_S[-1] + 1)}
PLAIN = f"{__name__}:plain"
CACHING = Source("RFC 9111", "4.2 Freshness; 4.2.4 Serving Stale Responses", "https://www.rfc-editor.org/rfc/rfc9111")
EXTENSIONS = Source(
    "RFC 5861",
    "3 The stale-while-revalidate Cache-Control Extension; 4 The stale-if-error Cache-Control Extension",
    "https://www.rfc-editor.org/rfc/rfc5861",
)


@claim(
    "edge-serves-without-origin",
    RETRIES_CACHES_MONEY,
    "An edge cache answers while the origin is down, for what it was asked before and as long as the origin allowed.",
    when=f"{PRODUCTS} products read at an edge, max-age={FRESH_S}, then every instance crashes; they are read again at "
    "ages that a clock is turned to.",
    predicts=f"served: all for {FRESH_S} s; all for {STALE_S} s more with stale-while-revalidate={STALE_S} or "
    f"stale-if-error={STALE_S}; none after that; none of what nobody had read",
    derivation="A fresh answer needs no origin. A stale one may be given where the origin allowed it, for as long.",
    control="With neither extension a stale answer is not given: none. Without an edge: none at any age.",
    sources=(CACHING, EXTENSIONS),
)
def edge_serves_without_origin(trial: Trial) -> None:
    """Read everything again at each age."""
    every, none = exactly(1.0, "all"), exactly(0.0, "none")
    curves = {}
    for name in ("stale-while-revalidate", "stale-if-error"):
        curves[name] = served = served_by_age(trial, name, f"{__name__}:{name.replace('-', '_')}")
        for window, expected in ((FRESH, every), (STALE, every), (TOO_OLD, none)):
            trial.measured(f"served while {window}, {name}", within(served, window), expected, samples=PRODUCTS)
    trial.measured("served of what nobody had read", served_by_age(trial, "unread", PLAIN, read=False)[0], none)
    curves["max-age alone"] = served_by_age(trial, "max-age alone", PLAIN)
    trial.control("served while stale, max-age alone", within(curves["max-age alone"], STALE), none, other=every)
    curves["no edge"] = served_by_age(trial, "no edge", PLAIN, edge=False)
    trial.control("served while fresh, no edge", within(curves["no edge"], FRESH), none, other=every)
    drawn = [Curve(label, AGES_S, [100 * share for share in served.values()]) for label, served in curves.items()]
    trial.plot("seconds since it was read", "% served", *drawn)


def plain(instance: str) -> Flask:
    """Its answers are fresh for a while, and not to be given after that."""
    return _saying(instance, "")


def stale_while_revalidate(instance: str) -> Flask:
    """They may be given while they are made fresh."""
    return _saying(instance, f", stale-while-revalidate={STALE_S}")


def stale_if_error(instance: str) -> Flask:
    """They may be given where making them fresh failed."""
    return _saying(instance, f", stale-if-error={STALE_S}")


def _saying(instance: str, extension: str) -> Flask:
    app = catalog.create_app(instance, habits=Habits(ttl_s=FRESH_S), cost_s=0.0)

    @app.after_request
    def say(response: Response) -> Response:
        response.headers["Cache-Control"] = f"max-age={FRESH_S}{extension}"
        return response

    return app


def served_by_age(trial: Trial, label: str, service: str, *, read: bool = True, edge: bool = True) -> dict[int, float]:
    """The share of products that is served at each age, though the origin is down since they were read."""
    clock = FakeClock()
    with (
        trial.cluster(label, service, instances=2) as shop,
        Edge(shop.url, clock=clock) as front,
        closing(User("c1", front.url if edge else shop.url, shop.ledger, seed=trial.seed)) as reader,
    ):
        if read:
            read_all(reader)
        for each in shop.backends:
            shop.crash(each.name)
        return {age_s: read_at(age_s, clock, reader, front) for age_s in AGES_S}


def read_at(age_s: float, clock: FakeClock, reader: User, front: Edge) -> float:
    """The share that is served at that age."""
    clock.advance(age_s - clock.now_s)
    share = read_all(reader)
    front.settle()
    return share


def read_all(reader: User) -> float:
    """Read every product once; the share that was served."""
    return sum(one(reader, number) for number in range(1, PRODUCTS + 1)) / PRODUCTS


def one(reader: User, number: int) -> bool:
    """Read one product, and assert that it is that one."""

    def judge(said: Mapping[str, Any]) -> str | None:
        return None if said["id"] == number else f"asked for {number} and got {said['id']}"

    return reader.perform(reader.mind.ask("GET", f"/products/{number}", expect=judge)).served


def within(served: Mapping[int, float], window: str) -> float:
    """The mean share over the ages of a window."""
    start_s, end_s = WINDOWS[window]
    shares = [share for age_s, share in served.items() if start_s <= age_s < end_s]
    return sum(shares) / len(shares)
