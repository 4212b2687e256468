"""What a claim says of an engine that was broken."""

import pytest

from minisvc import claims


def faults(claim_id: str, seed: int = 1) -> list[str]:
    """The figures that were not as expected, once the claim is refuted."""
    result = claims.run(claim_id, seed)
    if result.unable:
        pytest.skip(result.unable)
    assert result.verdict == claims.REFUTED, str(result)
    wrong = [each for each in result.findings if not each.as_expected and not each.is_control]
    assert all(f"{each.label}: {each.measured:.4g}" in str(result) for each in wrong)
    return [each.label for each in wrong]
