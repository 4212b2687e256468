import itertools
import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.users import pace


@given(st.integers(1, 200), st.floats(0, 3))
def test_zipf_shares_sum_to_one_and_follow_the_power_law(users, exponent):
    weights = pace.zipf_weights(users, exponent)
    assert math.isclose(sum(weights), 1)
    for rank in (2, users // 2 + 1, users):
        if rank <= users:
            assert math.isclose(weights[0] / weights[rank - 1], rank**exponent)


@given(st.integers(2, 40), st.floats(0.2, 2), st.integers(0, 2**32))
def test_drawn_shares_are_zipf_within_sampling_error(users, exponent, seed):
    weights, count = pace.zipf_weights(users, exponent), 3000
    drawn = list(itertools.islice(pace.draws(weights, random.Random(seed)), count))
    for number, weight in enumerate(weights):
        # Six standard deviations of a binomial: once in a thousand million draws by chance.
        error = 6 * math.sqrt(count * weight * (1 - weight)) + 1
        assert abs(drawn.count(number) - count * weight) <= error


def test_equally_active_users_take_turns():
    drawn = pace.draws(pace.zipf_weights(3, 0), random.Random(1))
    assert list(itertools.islice(drawn, 7)) == [0, 1, 2, 0, 1, 2, 0]


@given(st.integers(1, 500), st.integers(1, 50), st.floats(0, 2), st.integers(0, 99))
def test_quotas_share_out_every_step(steps, users, exponent, seed):
    assert sum(pace.quotas(steps, pace.zipf_weights(users, exponent), random.Random(seed))) == steps


def test_constant_arrivals_do_not_drift():
    moments = list(itertools.islice(pace.arrivals(3.0, "constant", random.Random(1)), 30_001))
    assert moments[0] == 0
    assert moments[-1] == pytest.approx(10_000)


def test_poisson_gaps_are_exponential():
    moments = list(itertools.islice(pace.arrivals(50.0, "poisson", random.Random(1)), 20_000))
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert statistics.mean(gaps) == pytest.approx(1 / 50, rel=0.05)
    assert statistics.stdev(gaps) == pytest.approx(1 / 50, rel=0.05)


@pytest.mark.parametrize("kind", ["poisson", "constant"])
def test_one_seed_gives_one_plan(kind):
    def plan(seed):
        chance = random.Random(seed)
        return list(itertools.islice(pace.arrivals(9.0, kind, chance), 50)), list(
            itertools.islice(pace.draws(pace.zipf_weights(9, 1), chance), 50)
        )

    assert plan(7) == plan(7) != plan(8)
