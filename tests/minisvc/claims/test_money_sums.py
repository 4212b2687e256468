"""What the claims about money are worked out with: sums, checked the long way, and a gate that must not hang."""

import pytest

from minisvc.claims.claim import Untried
from minisvc.claims.retries_caches_money import gate as module
from minisvc.claims.retries_caches_money.deliveries import LOST, first, geometric
from minisvc.claims.retries_caches_money.edge import AGES_S, FRESH, STALE, TOO_OLD, WINDOWS, within
from minisvc.claims.retries_caches_money.gate import Gate, held


def mean_and_variance(counted) -> tuple[float, float]:
    """Of `counted(k)`, where the k-th delivery is the one that is acknowledged."""
    chances = [(counted(k), LOST ** (k - 1) * (1 - LOST)) for k in range(1, 200)]
    middle = sum(figure * chance for figure, chance in chances)
    return middle, sum(figure**2 * chance for figure, chance in chances) - middle**2


def test_deliveries_until_one_is_acknowledged_are_geometric():
    assert geometric() == pytest.approx(mean_and_variance(lambda k: k))


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_of_deliveries_only_the_first_few_count(most):
    assert first(most) == pytest.approx(mean_and_variance(lambda k: min(k, most)))


def test_each_window_of_age_is_looked_at_on_both_of_its_ends():
    for window, (start_s, end_s) in WINDOWS.items():
        inside = [age_s for age_s in AGES_S if start_s <= age_s < end_s]
        assert inside, window
        assert min(inside) - start_s <= 1
        assert window == TOO_OLD or end_s - max(inside) <= 1


def test_a_window_is_told_by_the_ages_inside_it():
    served = {age_s: float(age_s < 60) for age_s in AGES_S}
    assert [within(served, window) for window in (FRESH, STALE, TOO_OLD)] == [1.0, 0.0, 0.0]


def test_a_request_that_never_comes_to_the_gate_makes_the_claim_untried(monkeypatch):
    monkeypatch.setattr(module, "WITHIN_S", 0.01)
    with pytest.raises(Untried, match=r"no request came to where it was to be held within 0\.01 s"), held(lambda: None):
        raise AssertionError("nothing is held")


def test_a_gate_holds_the_next_request_and_no_other():
    gate = Gate()
    gate.hold("a")
    gate.arm()
    gate.release()
    gate.hold("b")
    assert gate.wait() == "b"
    gate.hold("c")
    assert gate.wait() == "b"
