"""What a crash takes with it."""

from __future__ import annotations

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import at_least, exactly
from minisvc.claims.trial import Trial

USERS, INSTANCES = 30, 3
TWELVE_FACTOR = Source("The Twelve-Factor App", "VI. Processes", "https://12factor.net/processes")
STICKY = Source(
    "NGINX Admin Guide: HTTP Load Balancing",
    "Enabling Session Persistence",
    "https://docs.nginx.com/nginx/admin-guide/load-balancer/http-load-balancer/",
)


@claim(
    "crash-loses-share",
    WHERE_STATE_LIVES,
    "A crash loses the sessions of that instance, and only those.",
    when=f"{INSTANCES} instances, {USERS} users with a cart each, bound by cookie; a crashes, then all look.",
    predicts="lost share = 1/n, while nearly every request is answered",
    derivation="Round robin binds the users evenly, and each session is in the memory of one instance alone.",
    control="The same crash with the session in a signed cookie, which no instance holds: nobody loses anything.",
    sources=(TWELVE_FACTOR, STICKY),
)
def crash_loses_share(trial: Trial) -> None:
    """Count the users who lost their cart."""
    expected = exactly(1 / INSTANCES, "1/3")
    lost, served = after_a_crash(trial, "in memory", state="memory")
    trial.measured("share of users who lost their cart", lost, expected, samples=USERS)
    trial.measured(
        "share of requests that were answered", served, at_least(0.99, "the balancer sends on what a dead port refuses")
    )
    lost, _ = after_a_crash(trial, "in a signed cookie", state="signed_cookie")
    trial.control("the same in a signed cookie", lost, exactly(0), other=expected, samples=USERS)


@claim(
    "stateless-survives",
    WHERE_STATE_LIVES,
    "Any instance can serve any request, so a crash loses nothing.",
    when=f"{INSTANCES} instances, {USERS} users, no affinity, the session in a signed cookie or in Redis; a crashes.",
    predicts="0 lost",
    derivation="What the next request needs is in the request, or in a store that did not crash.",
    control="The same crash with the session in memory and users bound by cookie: 1/n is lost.",
    sources=(TWELVE_FACTOR,),
)
def stateless_survives(trial: Trial) -> None:
    """Crash one, and ask everybody."""
    for label, state in (("in a signed cookie", "signed_cookie"), ("in Redis", "redis")):
        lost, served = after_a_crash(trial, label, state=state, affinity=None)
        trial.measured(f"share of users who lost their cart, {label}", lost, exactly(0), samples=USERS)
        trial.measured(
            f"share of requests that were answered, {label}",
            served,
            at_least(0.99, "the balancer sends on what a dead port refuses"),
        )
    lost, _ = after_a_crash(trial, "in memory", state="memory")
    trial.control("the same in memory", lost, exactly(1 / INSTANCES, "1/3"), other=exactly(0), samples=USERS)


def after_a_crash(trial: Trial, label: str, *, state: str, affinity: str | None = "cookie") -> tuple[float, float]:
    """The share of users who lost their cart when instance a crashed, and of requests that were answered."""
    with trial.cluster(label, instances=INSTANCES, state=state, affinity=affinity) as shop:
        users = shop.add_users(USERS)
        for user in users:
            user.add(trial.random.choice(("apples", "bread", "cheese")))
            user.check()
        shop.crash("a")
        looked = [user.check() for user in users]
        counts = shop.ledger.counts()
    return sum(each.lost is True for each in looked) / USERS, counts.served / (counts.served + counts.failed)
