"""What binds a user to an instance, and what that costs."""

from __future__ import annotations

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import exactly
from minisvc.claims.trial import Trial

IP_HASH = Source(
    "NGINX module ngx_http_upstream_module", "ip_hash", "https://nginx.org/en/docs/http/ngx_http_upstream_module.html"
)


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


def busiest_share(trial: Trial, affinity: str) -> float:
    """The share of requests that the busiest of three instances served."""
    with trial.cluster(f"bound by {affinity}", instances=3, affinity=affinity) as shop:
        for user in shop.add_users(24):
            user.add("apples")
            user.check()
            user.check()
        served = shop.ledger.counts().by_backend
    return max(served.values()) / sum(served.values())
