"""Our policies against NGINX's and HAProxy's own, side by side on the same instances, and against the formula."""

import pytest

from benchmarks import policies as measured
from minisvc.abilities import policy_fault
from tests.minisvc.proxies.conftest import REAL, need

REQUESTS = 1200
EXACT = ("round_robin", "weighted")
SPREAD = (*EXACT, "random", "least_connections", "two_choices", *measured.KEYED)
PAIRS = [
    (policy, real) for policy in SPREAD for real in REAL if policy == "rendezvous" or not policy_fault(real, policy)
]


@pytest.fixture(scope="module")
def hosts():
    with measured.instances(measured.INSTANCES + 1) as hosts:
        yield hosts


@pytest.fixture(scope="module")
def spread(hosts):
    """Each is measured once."""
    found = {}

    def once(balancer, policy):
        key = balancer, policy
        if key not in found:
            found[key] = measured.measure(balancer, policy, hosts, REQUESTS)
        return found[key]

    return once


def counterpart(real, policy):
    """What stands in for a policy that the real balancer lacks: consistent hashing for rendezvous."""
    return "ring_hash" if policy_fault(real, policy) else policy


@pytest.mark.parametrize(("policy", "real"), PAIRS)
def test_ours_and_the_real_one_spread_alike(spread, policy, real):
    need(real)
    ours, theirs = spread("builtin", policy), spread(real, counterpart(real, policy))
    count = measured.INSTANCES
    sample = measured.tolerance(counterpart(real, policy), 1 / count, REQUESTS)
    allowed = 0.005 if policy in EXACT else count * sample
    assert abs(ours.imbalance - theirs.imbalance) <= allowed
    assert max(ours.imbalance, theirs.imbalance) <= 1 + allowed


@pytest.mark.parametrize(("policy", "real"), [pair for pair in PAIRS if pair[0] in measured.KEYED])
def test_ours_and_the_real_one_move_as_many_keys_as_the_formula_says(spread, policy, real):
    need(real)
    expected = measured.predicted(policy, measured.INSTANCES)
    for name, used in (("builtin", policy), (real, counterpart(real, policy))):
        found = spread(name, used)
        for seen, due in ((found.joined, expected.joined), (found.left, expected.left)):
            assert abs(seen - due) <= measured.tolerance(used, due, REQUESTS), (name, seen, due)


def test_the_measure_tells_policies_apart(spread):
    modulo, ring = spread("builtin", "source_hash"), spread("builtin", "ring_hash")
    assert modulo.joined > 2 * ring.joined
    assert measured.tolerance("ring_hash", 0.25, REQUESTS) < 0.15
