"""Every claim, tried for real."""

import pytest

from minisvc import claims


@pytest.mark.parametrize("claim_id", [each.id for each in claims.every()])
def test_a_claim_holds(claim_id):
    result = claims.run(claim_id)
    if result.unable:
        pytest.skip(result.unable)
    assert result.verdict == "holds", str(result)
