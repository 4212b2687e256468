"""What binds a user to an instance, why, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, session

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import Expected, about, at_least, exactly, share
from minisvc.claims.trial import Trial
from minisvc.services import cart
from minisvc.users import Mind
from minisvc.users.journeys import Moves

IP_HASH = Source(
    "NGINX module ngx_http_upstream_module", "ip_hash", "https://nginx.org/en/docs/http/ngx_http_upstream_module.html"
)
ELB = Source(
    "Elastic Load Balancing: Application Load Balancers",
    "Sticky sessions",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html",
)
READERS, READS = 60, 9


@claim(
    "affinity-needed",
    WHERE_STATE_LIVES,
    "In-memory sessions break under a policy that does not know them.",
    when=f"3 instances, policy random, {READERS} users who fill a cart and read it {READS} times.",
    predicts="share of reads that find the session = 1/n; of a service that makes a session on each miss, 1/18",
    derivation="A read finds its session where it is, one instance of n. A new session on a miss replaces the cookie, "
    "so that read k finds it only if all before it did: (1/n)^k, on average of nine (1/3 + ... + 1/3^9) / 9.",
    control="The same users bound by cookie: every read finds the session.",
    sources=(ELB, Source("Flask documentation", "Sessions", "https://flask.palletsprojects.com/en/stable/quickstart/")),
)
def affinity_needed(trial: Trial) -> None:
    """Count the reads that find what the user put there."""
    reads = READERS * READS
    third = share(1 / 3, reads, "1/3")
    trial.measured("share of reads that found the cart", found_share(trial, "no affinity"), third, samples=reads)
    eager = found_share(trial, "no affinity, a session made on each miss", service=f"{__name__}:eager_cart")
    mean = sum(3.0**-k for k in range(1, READS + 1)) / READS
    # Reads of one user depend on each other, so that the users are what there is of independent samples.
    expected = about(mean, 3.29 * 0.086 / READERS**0.5, f"99.9 % of means over {READERS} users", "1/18")
    trial.measured("the same, a session made on each miss", eager, expected, samples=READERS)
    bound = found_share(trial, "bound by cookie", affinity="cookie")
    trial.control("the same, bound by cookie", bound, exactly(1), other=third, samples=reads)


@claim(
    "sticky-skews",
    WHERE_STATE_LIVES,
    "Affinity skews load.",
    when="6 instances, 12 users, Zipf activity (the k-th asks 1/k as often), 600 requests, bound by cookie.",
    predicts="busiest over mean is at least n times the share of the busiest user, 6 x 0.32",
    derivation="All of the busiest user's requests go to one instance: 1 / (1 + 1/2 + ... + 1/12) = 0.32 of them.",
    control="The same users under round robin without affinity, and bound users who are equally active: 1.",
    sources=(ELB,),
)
def sticky_skews(trial: Trial) -> None:
    """Compare the busiest instance with the mean."""
    top = 1 / sum(1 / k for k in range(1, 13))
    within = share(top, 600)
    skewed = at_least(
        6 * within.low, f"6 x {top:.2f}, less what chance may take of 600 requests", f"{6 * within.low:.2f} or more"
    )
    trial.measured("busiest over mean, bound", imbalance(trial, "bound", "zipf", "cookie"), skewed, samples=600)
    even = about(1.0, 0.05, "turns are taken over all requests")
    unbound = imbalance(trial, "unbound", "zipf", None)
    trial.control("the same users, unbound", unbound, even, other=skewed, samples=600)
    equal = imbalance(trial, "bound, equally active", "equal", "cookie")
    trial.control("equally active users, bound", equal, even, other=skewed, samples=600)


@claim(
    "nat-collapses-ip-hash",
    WHERE_STATE_LIVES,
    "Affinity by source address sends everybody behind one NAT to one instance.",
    when="3 instances, 24 users who share one address, affinity by source.",
    predicts="one instance serves 100 % of the requests",
    derivation="Equal addresses have equal hashes, and an equal hash chooses an equal instance.",
    control="The same users bound by cookie: each instance serves a third.",
    sources=(IP_HASH,),
)
def nat_collapses_ip_hash(trial: Trial) -> None:
    """Compare the busiest instance with all."""
    expected = exactly(1.0, "100 %")
    trial.measured("share of the busiest instance, by address", busiest_share(trial, "source"), expected, samples=72)
    by_cookie = busiest_share(trial, "cookie")
    trial.control("the same by cookie", by_cookie, exactly(1 / 3, "1/3"), other=expected, samples=72)


@claim(
    "scale-out-no-relief",
    WHERE_STATE_LIVES,
    "A new instance does not relieve users who are bound to the old ones.",
    when="2 instances, 24 users with a cart each, bound by cookie; a third joins; everybody reads three times.",
    predicts="the new instance gets none of the existing users' requests",
    derivation="A cookie that names a healthy instance wins over the policy.",
    control="The same with the session in a signed cookie and no affinity: 1/(n+1) of the requests at once.",
    sources=(ELB,),
)
def scale_out_no_relief(trial: Trial) -> None:
    """Count what the new instance is asked."""
    nothing: Expected = exactly(0)
    bound = share_of_new(trial, "bound, in memory", state="memory", affinity="cookie")
    trial.measured("share of the new instance, users bound", bound, nothing, samples=72)
    free = share_of_new(trial, "unbound, in a signed cookie", state="signed_cookie", affinity=None)
    trial.control("the same, users unbound", free, exactly(1 / 3, "1/3"), other=nothing, samples=72)


def eager_cart(instance: str) -> Flask:
    """BAD PRACTICE, to be measured: a cart that makes a session for whoever has none here, even to read."""
    app = cart.create_app(instance)

    @app.before_request
    def make() -> None:
        session.setdefault("items", [])

    return app


def reader(user: Mind) -> Moves:
    """Fills the cart once, and then only reads: what it expects never changes."""
    yield user.add("apples")
    for _ in range(READS):
        yield user.ask("GET", "/cart", expect=lacks_apples)


def lacks_apples(said: Mapping[str, Any]) -> str | None:
    """What to complain of if there are none."""
    return None if said.get("items") == ["apples"] else f"expected apples and found {said.get('items')}"


def found_share(trial: Trial, label: str, service: str = "cart", affinity: str | None = None) -> float:
    """The share of reads that found the user's cart."""
    fields = {"instances": 3, "policy": "random", "affinity": affinity}
    with trial.cluster(label, service, **fields) as shop:
        shop.load(reader, users=READERS, steps=READERS * (READS + 1), connections=1)
        reads = [each for each in shop.ledger.since()[1] if each.method == "GET" and each.user]
    return sum(each.lost is False for each in reads) / len(reads)


def imbalance(trial: Trial, label: str, activity: str, affinity: str | None) -> float:
    """The busiest of six instances over their mean."""
    with trial.cluster(label, instances=6, affinity=affinity, state="signed_cookie") as shop:
        shop.load("looker", users=12, steps=600, activity=activity, connections=12)
        return shop.ledger.imbalance() or 0.0


def busiest_share(trial: Trial, affinity: str) -> float:
    """The share of requests that the busiest of three instances served."""
    with trial.cluster(f"bound by {affinity}", instances=3, affinity=affinity) as shop:
        for user in shop.add_users(24):
            user.add("apples")
            user.check()
            user.check()
        served = shop.ledger.counts().by_backend
    return max(served.values()) / sum(served.values())


def share_of_new(trial: Trial, label: str, *, state: str, affinity: str | None) -> float:
    """The share of the existing users' requests that a third instance gets once it has joined."""
    with trial.cluster(label, instances=2, state=state, affinity=affinity) as shop:
        users = shop.add_users(24)
        for user in users:
            user.add("apples")
        shop.scale(3)
        reads = [user.check() for _ in range(3) for user in users]
    return sum(each.backend == "c" for each in reads) / len(reads)
