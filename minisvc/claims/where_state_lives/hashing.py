"""Which keys move when the number of instances changes."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import Expected, about, exactly, share
from minisvc.claims.trial import Trial
from minisvc.cluster import Cluster

KEYS = 300
RING = Source(
    "Karger and others, Consistent Hashing and Random Trees (STOC 1997)",
    "4 Consistent Hashing",
    "https://www.cs.princeton.edu/courses/archive/fall09/cos518/papers/chash.pdf",
)
KETAMA = Source(
    "NGINX module ngx_http_upstream_module",
    "hash ... consistent",
    "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash",
)


@claim(
    "hash-movement",
    WHERE_STATE_LIVES,
    "Modulo hashing moves nearly all keys when the number of instances changes, consistent hashing few.",
    when=f"{KEYS} random keys in X-User over 4 instances; a fifth joins and leaves again.",
    predicts="moved when a fifth joins, and when it leaves: modulo 4/5; ring and rendezvous 1/5",
    derivation="h mod 4 equals h mod 5 for one hash in five. Else only the keys of the fifth move: a fair share.",
    control="Nothing joins and nothing leaves: no key moves.",
    sources=(RING, KETAMA),
)
def hash_movement(trial: Trial) -> None:
    """Ask for every key before and after."""
    within = 0.04 + share(0.2, KEYS).high - 0.2
    few = about(0.2, within, f"99.9 % of binomial samples of {KEYS}, and 0.04 for the ring's unevenness", "1/5")
    expectations: dict[str, Expected] = {"source_hash": share(0.8, KEYS, "4/5"), "ring_hash": few, "rendezvous": few}
    keys = [f"key-{trial.random.getrandbits(64):016x}" for _ in range(KEYS)]
    for policy, expected in expectations.items():
        with trial.cluster(policy, instances=4, policy=policy, state="signed_cookie") as shop:
            before = owners(shop, keys)
            shop.scale(5)
            after = owners(shop, keys)
            shop.scale(4)
            again = owners(shop, keys)
        trial.measured(f"moved on a join, {policy}", moved(before, after), expected, samples=KEYS)
        trial.measured(f"moved on leaving, {policy}", moved(after, again), expected, samples=KEYS)
        stayed = moved(before, again)
        trial.control(f"moved where nothing changed, {policy}", stayed, exactly(0), other=expected, samples=KEYS)


def owners(shop: Cluster, keys: list[str]) -> list[str]:
    """The instance that answers for each key."""
    connection = HTTPConnection(urlsplit(shop.url).netloc)
    found = []
    try:
        for key in keys:
            connection.request("GET", "/healthz", headers={"X-User": key})
            answer = connection.getresponse()
            found.append(answer.read().decode().split('"instance":"')[1].split('"')[0])
    finally:
        connection.close()
    return found


def moved(before: list[str], after: list[str]) -> float:
    """The share of keys with another owner."""
    return sum(one != other for one, other in zip(before, after, strict=True)) / len(before)
