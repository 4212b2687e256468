"""What caches save, what they cost when they expire, and whom they betray."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from minisvc.claims.claim import RETRIES_CACHES_MONEY, Source, claim
from minisvc.claims.expected import Expected, about, between, exactly
from minisvc.claims.trial import Trial
from minisvc.services import catalog
from minisvc.services.cache import Habits
from minisvc.users import Mind
from minisvc.users.journeys import Journey, Moves
from minisvc.users.mind import Step

PRODUCTS, READS, INSTANCES = 200, 400, 3
RATE, COST_S = 100.0, 0.2
VISITORS = 20
CONTENT_HASH = Source(
    "NGINX module ngx_http_upstream_module",
    "hash key consistent",
    "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash",
)
STALE = Source(
    "RFC 5861", "3 The stale-while-revalidate Cache-Control Extension", "https://www.rfc-editor.org/rfc/rfc5861"
)
LOCK = Source(
    "NGINX module ngx_http_proxy_module",
    "proxy_cache_lock",
    "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_lock",
)
SECONDARY = Source(
    "RFC 9111", "4.1 Calculating Cache Keys with the Vary Header Field", "https://www.rfc-editor.org/rfc/rfc9111"
)


@claim(
    "content-routing-hit-rate",
    RETRIES_CACHES_MONEY,
    "Routing by content raises the hit rate of local caches to that of one shared cache.",
    when=f"{INSTANCES} instances with a cache each, {READS} reads of {PRODUCTS} products drawn evenly, none expires.",
    predicts="hit rate by content and of a shared cache: 1 - P(1 - (1 - 1/P)^R)/R = 0.57; at random, nP for P: 0.27",
    derivation="A read misses if it is the first of its product in that cache: R draws fill so many of P or nP cells.",
    control="The same caches, instances chosen at random: each fills by itself, at the lower rate.",
    sources=(CONTENT_HASH,),
)
def content_routing_hit_rate(trial: Trial) -> None:
    """Count the hits."""
    once, thrice = filled(PRODUCTS), filled(PRODUCTS * INSTANCES)
    by_content = hit_rate(trial, "by content", policy="ring_hash", key="path")
    trial.measured("hit rate, routed by content", by_content, once, samples=READS)
    shared = hit_rate(trial, "one shared cache", policy="random", state="redis")
    trial.measured("hit rate, one shared cache", shared, once, samples=READS)
    at_random = hit_rate(trial, "at random", policy="random")
    trial.control("hit rate, local caches at random", at_random, thrice, other=once, samples=READS)


@claim(
    "cache-stampede",
    RETRIES_CACHES_MONEY,
    "Expiry under load stampedes: all who miss meanwhile make the same thing.",
    when=f"One instance, an empty cache, {RATE:g} requests a second for one product that takes {COST_S:g} s to make.",
    predicts=f"made rate x time = {RATE * COST_S:g} times",
    derivation="Until the first is made, every request that arrives misses, and makes it too.",
    control="The same with single-flight, where one makes it and the others wait: made once.",
    sources=(LOCK, STALE),
)
def cache_stampede(trial: Trial) -> None:
    """Count how often it was made."""
    crowd = RATE * COST_S
    expected = between(crowd / 2, crowd * 3, "a busy machine makes it slower, and then more arrive", f"about {crowd:g}")
    trial.measured("times made", made(trial, "every miss makes it", "stampeding_catalog"), expected)
    trial.control(
        "times made, single-flight", made(trial, "single-flight", "locking_catalog"), exactly(1), other=expected
    )


@claim(
    "cache-key-leaks",
    RETRIES_CACHES_MONEY,
    "A cache key that forgets the user gives one what was made for another.",
    when=f"{VISITORS} users ask for their own page, one after the other; the key is the path.",
    predicts="all but the first are given the first one's page",
    derivation="Equal keys are one entry, and it is fresh.",
    control="The same with the user in the key: nobody is given another's.",
    sources=(
        SECONDARY,
        Source(
            "CWE-524",
            "Use of Cache Containing Sensitive Information",
            "https://cwe.mitre.org/data/definitions/524.html",
        ),
    ),
)
def cache_key_leaks(trial: Trial) -> None:
    """Count the pages that were made for somebody else."""
    expected: Expected = exactly(1 - 1 / VISITORS, "19/20")
    leaked = leaks(trial, "key: the path", "forgetful_catalog")
    trial.measured("share of users given another's page", leaked, expected, samples=VISITORS)
    kept = leaks(trial, "key: the path and the user", "quick_catalog")
    trial.control("the same, the user in the key", kept, exactly(0), other=expected, samples=VISITORS)


def quick_catalog(instance: str) -> Flask:
    """Made quickly, kept for long."""
    return catalog.create_app(instance, habits=Habits(ttl_s=600), cost_s=0.001)


def forgetful_catalog(instance: str) -> Flask:
    """BAD PRACTICE, to be measured: the user is not in the key."""
    return catalog.create_app(instance, habits=Habits(ttl_s=600), cost_s=0.001, key_forgets_user=True)


def stampeding_catalog(instance: str) -> Flask:
    """BAD PRACTICE, to be measured: every miss makes it."""
    return catalog.create_app(instance, habits=Habits(ttl_s=600, single_flight=False), cost_s=COST_S)


def locking_catalog(instance: str) -> Flask:
    """One makes it, the others wait."""
    return catalog.create_app(instance, habits=Habits(ttl_s=600), cost_s=COST_S)


def filled(cells: int) -> Expected:
    """The hit rate of `READS` draws over so many cells, of which each is filled at its first.

    The number of filled cells varies as in the classical occupancy problem: its variance is
    cells * e^-a * (1 - (1 + a) * e^-a), a = draws / cells.
    """
    misses = cells * (1 - (1 - 1 / cells) ** READS)
    empty, load = (1 - 1 / cells) ** READS, READS / cells
    deviation = (cells * empty * (1 - (1 + load) * empty)) ** 0.5
    return about(1 - misses / READS, 3.29 * deviation / READS, "99.9 %, from the variance of filled cells")


def hit_rate(trial: Trial, label: str, **fields: Any) -> float:
    """The share of reads that a cache answered."""
    answers: list[str] = []
    with trial.cluster(label, f"{__name__}:quick_catalog", instances=INSTANCES, **fields) as shop:
        # One after the other, for two who miss at once are another claim.
        shop.load(visitor(answers), users=1, steps=READS)
    return answers.count("hit") / len(answers)


def visitor(answers: list[str]) -> Journey:
    """Who looks at products, any of them, and notes how the cache answered."""

    def visit(user: Mind) -> Moves:
        number = user.random.randrange(1, PRODUCTS + 1)

        def judge(said: Mapping[str, Any]) -> str | None:
            answers.append(said["cache"])
            return None if said["id"] == number else f"asked for {number} and got {said['id']}"

        yield user.ask("GET", f"/products/{number}", expect=judge)

    return visit


def made(trial: Trial, label: str, catalogue: str) -> int:
    """How often the product was made while so many asked for it."""
    with trial.cluster(label, f"{__name__}:{catalogue}", instances=1) as shop:
        shop.load(same, users=100, rate=RATE, arrivals="constant", duration_s=2 * COST_S, connections=100)
        (person,) = shop.add_users(1)
        seen: list[int] = []
        person.perform(person.mind.ask("GET", "/stats", expect=lambda said: seen.append(said["made"])))
    return seen[0]


def same(user: Mind) -> Moves:
    """Asks for what everybody asks for."""
    yield user.ask("GET", "/products/1", expect=lambda said: None if said["id"] == 1 else "got another product")


def own_page(user: Mind) -> Step:
    """Asks for the page that is made for this user."""

    def judge(said: Mapping[str, Any]) -> str | None:
        return None if said["user"] == user.name else f"was given {said['user']}'s page"

    return user.ask("GET", "/for-you", expect=judge, headers={"X-User": user.name})


def leaks(trial: Trial, label: str, catalogue: str) -> float:
    """The share of users who were given a page that was made for somebody else."""
    with trial.cluster(label, f"{__name__}:{catalogue}", instances=1) as shop:
        asked = [user.perform(own_page(user.mind)) for user in shop.add_users(VISITORS)]
    return sum(each.lost is True for each in asked) / VISITORS
