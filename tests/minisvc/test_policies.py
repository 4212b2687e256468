from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.clock import FakeClock
from minisvc.policies import POLICIES, Random, RoundRobin

pools = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True).map(sorted)


@pytest.mark.parametrize("policy", sorted(POLICIES))
@given(turns=st.lists(pools, min_size=1, max_size=20))
def test_a_policy_picks_only_candidates(policy, turns):
    chosen = POLICIES[policy](1)
    assert all(chosen.pick(candidates) in candidates for candidates in turns)


def test_round_robin_takes_turns():
    policy = RoundRobin()
    assert [policy.pick(["a", "b", "c"]) for _ in range(6)] == list("abcabc")


def test_round_robin_goes_on_in_turn_when_one_leaves_and_returns():
    policy = RoundRobin()
    assert policy.pick(["a", "b", "c"]) == "a"
    assert [policy.pick(["a", "c"]) for _ in range(2)] == ["c", "a"]
    assert policy.pick(["a", "b", "c"]) == "b"


def test_random_is_even_and_reproducible_by_its_seed():
    names = ["a", "b", "c", "d"]
    first, again = ([Random(7).pick(names) for _ in range(1)] for _ in range(2))
    assert first == again
    policy = Random(7)
    counts = Counter(policy.pick(names) for _ in range(4000))
    # Chi-squared with 3 degrees of freedom: above 16.27 once in a thousand seeds; this seed is fixed.
    assert sum((counts[name] - 1000) ** 2 / 1000 for name in names) < 16.27


def test_a_fake_clock_moves_only_by_hand_and_never_back():
    clock = FakeClock(5.0)
    clock.advance(2.5)
    assert clock() == 7.5
    with pytest.raises(ValueError, match="a clock cannot go back"):
        clock.advance(-1)
