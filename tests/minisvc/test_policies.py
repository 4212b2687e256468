from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.clock import FakeClock
from minisvc.policies import (
    POLICIES,
    BoundedLoad,
    LeastConnections,
    Random,
    Rendezvous,
    RingHash,
    RoundRobin,
    SourceHash,
    TwoChoices,
    Weighted,
)


@dataclass
class Candidate:
    name: str
    weight: float = 1.0
    in_flight: int = 0


KEYS = [f"user-{number}" for number in range(3000)]


def of(names: str, **in_flight: int) -> list[Candidate]:
    return [Candidate(name, in_flight=in_flight.get(name, 0)) for name in names]


# Weights are small, for a ring has points by weight.
pools = st.lists(
    st.builds(Candidate, st.sampled_from("abcdefgh"), st.floats(0.1, 3), st.integers(0, 50)),
    min_size=1,
    unique_by=lambda each: each.name,
).map(lambda pool: sorted(pool, key=lambda each: each.name))


@pytest.mark.parametrize("policy", sorted(POLICIES))
@given(turns=st.lists(st.tuples(pools, st.text(max_size=5)), min_size=1, max_size=10))
def test_a_policy_picks_only_candidates(policy, turns):
    chosen = POLICIES[policy](1)
    assert all(chosen.pick(pool, key) in {each.name for each in pool} for pool, key in turns)


def test_round_robin_takes_turns():
    policy = RoundRobin()
    assert [policy.pick(of("abc")) for _ in range(6)] == list("abcabc")


def test_round_robin_goes_on_in_turn_when_one_leaves_and_returns():
    policy = RoundRobin()
    assert policy.pick(of("abc")) == "a"
    assert [policy.pick(of("ac")) for _ in range(2)] == ["c", "a"]
    assert policy.pick(of("abc")) == "b"


def test_smooth_weights_spread_the_heavy_one_as_nginx_does():
    policy = Weighted()
    pool = [Candidate("a", 5), Candidate("b", 1), Candidate("c", 1)]
    # The sequence that NGINX's commit message of smooth weighted round robin gives for {5, 1, 1}.
    assert "".join(policy.pick(pool) for _ in range(7)) == "aabacaa"


def test_random_is_in_proportion_and_reproducible_by_its_seed():
    pool = [Candidate("a", 3), Candidate("b", 1)]
    runs = [[Random(7).pick(pool) for _ in range(1)] for _ in range(2)]
    assert runs[0] == runs[1]
    policy = Random(7)
    counts = Counter(policy.pick(pool) for _ in range(4000))
    # Binomial with p = 3/4: standard deviation 27, and the seed is fixed.
    assert abs(counts["a"] - 3000) < 110


def test_least_connections_picks_the_least_busy_for_its_weight():
    assert LeastConnections().pick(of("abc", a=2, b=1, c=2)) == "b"
    assert LeastConnections().pick([Candidate("a", 4, 4), Candidate("b", 1, 2)]) == "a"


def test_least_connections_lets_equals_take_turns():
    policy = LeastConnections()
    assert [policy.pick(of("abc")) for _ in range(4)] == list("abca")


def test_two_choices_never_picks_the_busiest_of_three():
    policy = TwoChoices(1)
    assert "c" not in {policy.pick(of("abc", a=1, b=1, c=9)) for _ in range(200)}
    assert policy.pick(of("a")) == "a"


@pytest.mark.parametrize("policy", [SourceHash, RingHash, Rendezvous, BoundedLoad])
def test_the_same_key_goes_to_the_same_backend(policy):
    for key in KEYS[:50]:
        assert policy().pick(of("abcd"), key) == policy().pick(of("abcd"), key)


def moved(policy, before: str, after: str) -> float:
    """The share of keys that go elsewhere when the pool changes."""
    return sum(policy().pick(of(before), key) != policy().pick(of(after), key) for key in KEYS[:600]) / 600


@pytest.mark.parametrize(
    ("policy", "before", "after", "predicted"),
    [
        (SourceHash, "abc", "abcd", 3 / 4),  # modulo n to n+1: all but 1/(n+1) of the keys move
        (Rendezvous, "abc", "abcd", 1 / 4),
        (RingHash, "abc", "abcd", 1 / 4),
        (Rendezvous, "abcd", "abc", 1 / 4),
        (RingHash, "abcd", "abc", 1 / 4),
    ],
)
def test_key_movement_is_as_predicted(policy, before, after, predicted):
    # Binomial over 600 keys: standard deviation below 0.02; the ring's own unevenness adds a few per cent.
    assert abs(moved(policy, before, after) - predicted) < 0.08


@pytest.mark.parametrize("policy", [RingHash, Rendezvous])
def test_only_the_keys_of_the_one_that_left_move(policy):
    for key in KEYS[:300]:
        before = policy().pick(of("abcd"), key)
        after = policy().pick(of("abc"), key)
        assert before in {after, "d"}


@pytest.mark.parametrize("policy", [SourceHash, RingHash, Rendezvous])
def test_hashing_spreads_keys_about_evenly(policy):
    chosen = policy()
    counts = Counter(chosen.pick(of("abc"), key) for key in KEYS)
    assert max(counts.values()) / 1000 < 1.25


def test_a_ring_gives_shares_by_weight():
    ring = RingHash()
    counts = Counter(ring.pick([Candidate("a", 3), Candidate("b", 1)], key) for key in KEYS)
    assert 0.65 < counts["a"] / len(KEYS) < 0.85


def test_bounded_load_passes_on_from_a_full_backend():
    owner = BoundedLoad().pick(of("abc"), "key")
    others = {name: 1 for name in "abc" if name != owner}
    assert BoundedLoad().pick(of("abc", **others, **{owner: 9}), "key") != owner
    assert BoundedLoad().pick(of("abc", **others, **{owner: 1}), "key") == owner


@given(pool=pools, key=st.text(max_size=5))
def test_bounded_load_never_goes_beyond_its_bound(pool, key):
    name = BoundedLoad().pick(pool, key)
    picked = next(each for each in pool if each.name == name)
    mean = (sum(each.in_flight for each in pool) + 1) / len(pool)
    assert picked.in_flight < 1.25 * mean


def test_a_fake_clock_moves_only_by_hand_and_never_back():
    clock = FakeClock(5.0)
    clock.advance(2.5)
    assert clock() == 7.5
    with pytest.raises(ValueError, match="a clock cannot go back"):
        clock.advance(-1)
