"""What an edge cache does for a service whose origin is down, and for how long."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Flask, Response, request

from minisvc.claims.claim import RETRIES_CACHES_MONEY, Source, claim
from minisvc.claims.expected import exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.clock import FakeClock, wall
from minisvc.edge import Edge, NginxEdge
from minisvc.services import catalog
from minisvc.services.cache import Habits
from minisvc.users import User

PRODUCTS, FRESH_S, STALE_S = 8, 60, 600
AGES_S = (0, 30, 59, 61, 300, 659, 661, 900)
"""At which the readers come; each directive's window ends between two of them."""
FRESH, STALE, TOO_OLD = "fresh", "stale", "too old"
WINDOWS = {FRESH: (0, FRESH_S), STALE: (FRESH_S, FRESH_S + STALE_S), TOO_OLD: (FRESH_S + STALE_S, AGES_S[-1] + 1)}
ALL, NONE = exactly(1.0, "all"), exactly(0.0, "none")
EXPECTED = {FRESH: ALL, STALE: ALL, TOO_OLD: NONE}
EXTENSIONS = {"stale-while-revalidate": "stale_while_revalidate", "stale-if-error": "stale_if_error"}
"""Each, and the service below that says it."""
PLAIN = f"{__name__}:plain"
NGINX_STALE = Source(
    "NGINX module ngx_http_proxy_module",
    "proxy_cache_use_stale; proxy_cache_background_update",
    "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_use_stale",
)
CACHING = Source("RFC 9111", "4.2 Freshness; 4.2.4 Serving Stale Responses", "https://www.rfc-editor.org/rfc/rfc9111")
STALE_ANSWERS = Source(
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
    sources=(CACHING, STALE_ANSWERS, NGINX_STALE),
)
def edge_serves_without_origin(trial: Trial) -> None:
    """Read everything again at each age."""
    curves = {name: served_by_age(trial, name, f"{__name__}:{app}") for name, app in EXTENSIONS.items()}
    for name, served in curves.items():
        for window, expected in EXPECTED.items():
            trial.measured(f"served while {window}, {name}", within(served, window), expected, samples=PRODUCTS)
    trial.measured("served of what nobody had read", served_by_age(trial, "unread", PLAIN, read=False)[0], NONE)
    curves["max-age alone"] = served_by_age(trial, "max-age alone", PLAIN)
    trial.control("served while stale, max-age alone", within(curves["max-age alone"], STALE), NONE, other=ALL)
    curves["no edge"] = served_by_age(trial, "no edge", PLAIN, edge=False)
    trial.control("served while fresh, no edge", within(curves["no edge"], FRESH), NONE, other=ALL)
    drawn = [Curve(label, AGES_S, [100 * share for share in served.values()]) for label, served in curves.items()]
    trial.plot("seconds since it was read", "% served", *drawn)
    if shutil.which("nginx"):
        ask_nginx(trial)
    else:
        trial.note("NGINX is not on PATH here, so that only the lab's own edge was tried.")


def ask_nginx(trial: Trial) -> None:
    """The same of a cache of the field, right in front of an instance."""
    trial.note("To NGINX 1.22, a balancer's 503 is no error that stale-if-error covers; a refused connection is one.")
    for name, app in EXTENSIONS.items():
        for window, share in served_by_nginx(trial, name, f"{__name__}:{app}").items():
            trial.measured(f"served while {window}, {name}, NGINX", share, EXPECTED[window], samples=PRODUCTS)
    alone = served_by_nginx(trial, "max-age alone", PLAIN)[STALE]
    trial.control("served while stale, max-age alone, NGINX", alone, NONE, other=ALL)


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
        if request.path.startswith("/products/"):
            response.headers["Cache-Control"] = f"max-age={FRESH_S}{extension}"
            left_s = request.args.get("left", FRESH_S, type=int)
            # For NGINX alone, whose clock nobody turns: the moment at which this is stale may be over.
            response.headers["X-Accel-Expires"] = f"@{int(wall()) + left_s}"
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


def read_all(reader: User, query: str = "") -> float:
    """Read every product once; the share that was served."""
    return sum(one(reader, number, query) for number in range(1, PRODUCTS + 1)) / PRODUCTS


def one(reader: User, number: int, query: str) -> bool:
    """Read one product, and assert that it is that one."""

    def judge(said: Mapping[str, Any]) -> str | None:
        return None if said["id"] == number else f"asked for {number} and got {said['id']}"

    return reader.perform(reader.mind.ask("GET", f"/products/{number}{query}", expect=judge)).served


def served_by_nginx(trial: Trial, label: str, service: str) -> dict[str, float]:
    """The share of products that NGINX serves in each window, though the origin is down since they were read."""
    lefts = {FRESH: FRESH_S, STALE: -10, TOO_OLD: -STALE_S - 100}
    with (
        trial.cluster(f"{label}, NGINX", service, instances=1) as shop,
        NginxEdge(f"http://127.0.0.1:{shop.backends[0].port}") as front,
        closing(User("c1", front.url, shop.ledger, seed=trial.seed)) as reader,
    ):
        for left_s in lefts.values():
            read_all(reader, f"?left={left_s}")
        shop.crash("a")
        return {window: read_all(reader, f"?left={left_s}") for window, left_s in lefts.items()}


def within(served: Mapping[int, float], window: str) -> float:
    """The mean share over the ages of a window."""
    start_s, end_s = WINDOWS[window]
    shares = [share for age_s, share in served.items() if start_s <= age_s < end_s]
    return sum(shares) / len(shares)
