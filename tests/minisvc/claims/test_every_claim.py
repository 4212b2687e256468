"""Every claim, tried for real."""

import pytest

from minisvc import claims


@pytest.mark.parametrize("claim_id", [each.id for each in claims.every()])
def test_a_claim_holds(claim_id):
    result = claims.run(claim_id)
    if result.unable:
        pytest.skip(result.unable)
    assert result.verdict == "holds", str(result)


def test_a_seed_repeats_what_was_left_to_chance():
    once, again, other = (claims.run("affinity-needed", seed).findings for seed in (5, 5, 6))
    assert [each.measured for each in once] == [each.measured for each in again]
    assert [each.measured for each in once] != [each.measured for each in other]
