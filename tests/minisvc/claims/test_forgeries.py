"""The forgeries of `tampering-refused`: each is refused for the very thing that is wrong with it."""

import pytest

from minisvc.claims.what_the_client_carries.forgeries import BELIEVES_NONE, FORGERIES, ISSUED, LIFETIME_S
from minisvc.tokens import TokenRefused
from minisvc.tokens.gullible import read_gullibly

REASONS = {
    "other claims": "signature",
    "alg: none": "algorithm",
    "alg: nOnE": "algorithm",
    "another key of that name": "signature",
    "an unknown key": "unknown_key",
    "a key that it brings along": "header",
    "HMAC by the public key": "algorithm",
    "another audience": "audience",
    "another issuer": "issuer",
    "another type": "type",
    "expired": "expired",
}


@pytest.fixture
def claims() -> dict:
    return ISSUED.read(ISSUED.issue({"sub": "admin"}, LIFETIME_S))


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_for_what_it_is_named_for(name, claims):
    with pytest.raises(TokenRefused) as refused:
        ISSUED.read(FORGERIES[name](claims))
    assert refused.value.reason == REASONS[name]


def test_a_verifier_that_asks_the_token_believes_those_without_a_signature(claims):
    believed = {}
    for name, forge in FORGERIES.items():
        try:
            believed[name] = read_gullibly(ISSUED, forge(claims))["sub"]
        except TokenRefused:
            continue
    assert believed == {"alg: none": "admin", "alg: nOnE": "admin"}
    assert len(believed) == BELIEVES_NONE
