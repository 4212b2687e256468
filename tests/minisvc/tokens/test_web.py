"""What RFC 8725 warns of is refused, and other libraries agree on what is good."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import jwt as pyjwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.clock import FakeClock
from minisvc.tokens import KeyRing, TokenKey, TokenRefused, WebTokens
from minisvc.tokens.gullible import read_gullibly, unsigned
from minisvc.tokens.keys import ALGORITHMS

NOW_S = 1_800_000_000.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_S)


@pytest.fixture(params=ALGORITHMS)
def tokens(request, clock) -> WebTokens:
    return WebTokens(KeyRing.make(request.param), "statewise", "shop", clock=clock)


@pytest.fixture
def signed(clock) -> WebTokens:
    return WebTokens(KeyRing.make("ES256"), "statewise", "shop", kind="at+jwt", clock=clock)


def refusal(tokens: WebTokens, token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        tokens.read(token)
    return refused.value.reason


def part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def with_header(token: str, **members: object) -> str:
    head, _, rest = token.partition(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return f"{part({**header, **members})}.{rest}"


def test_a_token_is_good_at_the_very_moment_in_which_it_was_issued(tokens, clock):
    clock.advance(0.0007)
    assert tokens.read(tokens.issue({}, 60))["iat"] == NOW_S


def test_a_token_says_what_it_was_told_and_for_whom(tokens):
    claims = tokens.read(tokens.issue({"sub": "ann", "näme": "☃", "none": None}, 60))
    assert claims.pop("jti")
    assert claims == {
        "iss": "statewise",
        "aud": "shop",
        "iat": NOW_S,
        "exp": NOW_S + 60,
        "sub": "ann",
        "näme": "☃",
        "none": None,
    }


def test_no_two_tokens_have_one_jti(tokens):
    assert len({tokens.read(tokens.issue({}, 60))["jti"] for _ in range(50)}) == 50


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(place=st.integers(0, 10_000), change=st.integers(1, 63))
def test_any_changed_character_is_refused(algorithm, place, change):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    tokens = WebTokens(KeyRing.make(algorithm), "statewise", "shop", clock=FakeClock(NOW_S))
    token = tokens.issue({"sub": "ann"}, 60)
    # The last characters of a part may hold bits that base64 leaves unused: they are no part of what is signed.
    places = [
        index
        for index, letter in enumerate(token)
        if letter != "." and index + 1 < len(token) and token[index + 1] != "."
    ]
    at = places[place % len(places)]
    other = letters[(letters.index(token[at]) + change) % 64]
    with pytest.raises(TokenRefused):
        tokens.read(token[:at] + other + token[at + 1 :])


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None])
def test_alg_none_is_refused(signed, alg):
    token = with_header(signed.issue({"sub": "ann"}, 60), alg=alg)
    assert refusal(signed, token) == "algorithm"
    assert refusal(signed, token.rpartition(".")[0] + ".") == "algorithm"


def test_the_gullible_reader_believes_alg_none_and_the_real_one_does_not(signed):
    forged = unsigned({"sub": "admin"})
    assert read_gullibly(signed, forged) == {"sub": "admin"}
    assert refusal(signed, forged) == "type"
    assert read_gullibly(signed, signed.issue({"sub": "ann"}, 60))["sub"] == "ann"
    with pytest.raises(TokenRefused, match="not a token of this form"):
        read_gullibly(signed, "rubbish")


@pytest.mark.parametrize("secret", ["jwk", "pem"])
def test_a_public_key_used_as_a_secret_is_refused(signed, secret):
    key = signed.ring.signer
    known = {"jwk": json.dumps(key.public()).encode(), "pem": key.usable.as_pem(private=False)}[secret]
    head = part({"alg": "HS256", "typ": "at+jwt", "kid": key.kid})
    body = part({"iss": "statewise", "aud": "shop", "iat": NOW_S, "exp": NOW_S + 60, "jti": "x", "sub": "admin"})
    seal = hmac.digest(known, f"{head}.{body}".encode(), hashlib.sha256)
    forged = f"{head}.{body}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"
    assert refusal(signed, forged) == "algorithm"


@pytest.mark.parametrize(
    "kid",
    ["../../../dev/null", "/dev/null", "x' UNION SELECT 'secret' --", "|id", "", None, 0, [], {"a": 1}, "x" * 300],
)
def test_a_kid_is_compared_and_nothing_else(signed, kid):
    assert refusal(signed, with_header(signed.issue({}, 60), kid=kid)) == "unknown_key"


@pytest.mark.parametrize(
    "members",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/key.pem"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"x5c": ["AAAA"]},
        {"crit": ["b64"], "b64": False},
        {"cty": "JWT"},
        {"zip": "DEF"},
    ],
)
def test_a_header_that_brings_keys_nests_or_compresses_is_refused(signed, members):
    assert refusal(signed, with_header(signed.issue({}, 60), **members)) == "header"


def test_a_token_of_another_kind_is_refused(signed):
    session = WebTokens(signed.ring, "statewise", "shop", kind="session+jwt", clock=signed.clock)
    assert refusal(signed, session.issue({}, 60)) == "type"


def test_another_audience_is_refused(signed):
    other = WebTokens(signed.ring, "statewise", "bank", kind="at+jwt", clock=signed.clock)
    assert refusal(signed, other.issue({}, 60)) == "audience"
    assert signed.read(other.issue({"aud": ["bank", "shop"]}, 60))["aud"] == ["bank", "shop"]


def test_another_issuer_is_refused(signed):
    for issuer in ("statewise.evil.example", "state", ["statewise", "evil"], 7, ""):
        assert refusal(signed, signed.issue({"iss": issuer}, 60)) == "issuer"


def test_a_token_by_a_strangers_key_is_refused_though_it_has_the_right_kid(signed):
    stranger = TokenKey(signed.ring.signer.kid, "ES256", TokenKey.make("ES256").material)
    forged = WebTokens(KeyRing((stranger,)), "statewise", "shop", kind="at+jwt", clock=signed.clock)
    assert refusal(signed, forged.issue({}, 60)) == "signature"


def test_a_token_expires_to_the_moment(tokens, clock):
    token = tokens.issue({}, 60.5)
    clock.advance(60.4)
    assert tokens.read(token)
    clock.advance(0.1)
    assert refusal(tokens, token) == "expired"


def test_a_token_is_not_valid_before_its_time(tokens, clock):
    token = tokens.issue({"nbf": NOW_S + 10}, 60)
    assert refusal(tokens, token) == "not_yet_valid"
    clock.advance(10)
    assert tokens.read(token)


def test_the_leeway_is_small_and_counts_on_both_ends(signed, clock):
    lenient = WebTokens(signed.ring, "statewise", "shop", kind="at+jwt", clock=clock, leeway_s=2)
    early, late = signed.issue({"nbf": NOW_S + 2}, 60), signed.issue({}, 1)
    assert lenient.read(early)
    clock.advance(2.9)
    assert lenient.read(late)
    clock.advance(0.2)
    assert refusal(lenient, late) == "expired"


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
def test_a_claim_that_is_missing_is_not_taken_for_granted(signed, name):
    # The signature is good: only the claim is nothing.
    assert refusal(signed, signed.issue({name: None}, 60)) in {"claims", "issuer", "audience"}


@pytest.mark.parametrize("exp", [True, "tomorrow", [NOW_S + 60], float("inf"), float("nan")])
def test_an_expiry_that_is_no_moment_is_refused(signed, exp):
    assert refusal(signed, signed.issue({"exp": exp}, 60)) == "claims"


def test_a_huge_token_is_refused_unread(signed):
    assert refusal(signed, "e" * 10_000_000) == "too_large"
    assert refusal(signed, signed.issue({"x": "y" * 9000}, 60)) == "too_large"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "....",
        "ü.ü.ü",
        "a.b.c",
        "e30.e30.e30.e30",
        part([]) + ".e30.",
        part("x") + ".e30.",
        base64.urlsafe_b64encode(b"[" * 5000).decode() + "..",
        base64.urlsafe_b64encode(b'{"a":' * 1000).decode() + "..",
        "\x00.\x00.\x00",
    ],
)
def test_what_is_no_token_is_refused(signed, token):
    assert refusal(signed, token) in {"malformed", "type"}


def test_a_token_inside_a_token_is_not_unwrapped(signed):
    inner = signed.issue({"sub": "ann"}, 60)
    assert refusal(signed, f"{inner}.{inner}") == "signature"
    assert refusal(signed, inner + ".") == "signature"


def test_claims_nested_without_end_are_refused(signed):
    key = signed.ring.signer.usable.private_key
    head = {"typ": "at+jwt", "kid": signed.ring.signer.kid}
    deep = pyjwt.api_jws.encode(b'{"a":' * 1200 + b"1" + b"}" * 1200, key, "ES256", head)
    assert refusal(replace(signed, most_bytes=len(deep)), deep) == "signature"


def test_a_refusal_does_not_repeat_the_token(signed):
    token = with_header(signed.issue({"secret": "hunter2"}, 60), kid="me")
    with pytest.raises(TokenRefused) as refused:
        signed.read(token)
    assert token not in str(refused.value)
    assert str(refused.value) == "The token is refused: no key here has the id that it names."


def test_a_rotated_key_still_verifies_and_the_new_one_signs(clock):
    old = WebTokens(KeyRing.make("ES256"), "statewise", "shop", clock=clock)
    token, fresh = old.issue({}, 60), TokenKey.make("ES256")
    informed = WebTokens(old.ring.announced(fresh), "statewise", "shop", clock=clock)
    new = WebTokens(old.ring.rotated(fresh), "statewise", "shop", clock=clock)
    assert new.read(token) == old.read(token)
    assert new.ring.signer == fresh
    assert informed.read(new.issue({"x": 1}, 60))["x"] == 1
    assert refusal(old, new.issue({}, 60)) == "unknown_key"
    after = WebTokens(new.ring.rotated(TokenKey.make("ES256")), "statewise", "shop", clock=clock)
    assert refusal(after, token) == "unknown_key"


def test_pyjwt_reads_what_is_signed_here(signed):
    token, key = signed.issue({"sub": "ann", "exp": 4_000_000_000}, 60), signed.ring.signer
    public = pyjwt.PyJWK(key.public())
    said = pyjwt.decode(token, public, ["ES256"], audience="shop", issuer="statewise", options={"verify_iat": False})
    assert said["sub"] == "ann"
    shared = WebTokens(KeyRing.make("HS256"), "statewise", "shop", clock=signed.clock)
    secret = pyjwt.PyJWK({**shared.ring.signer.material, "alg": "HS256"})
    token = shared.issue({"exp": 4_000_000_000}, 60)
    assert pyjwt.decode(token, secret, ["HS256"], audience="shop", options={"verify_iat": False})["iss"] == "statewise"


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_what_pyjwt_signs_is_read_here(algorithm, clock):
    tokens = WebTokens(KeyRing.make(algorithm), "statewise", "shop", clock=clock)
    key = tokens.ring.signer
    claims = {"iss": "statewise", "aud": "shop", "iat": NOW_S, "exp": NOW_S + 60, "jti": "1", "sub": "ann"}
    private = pyjwt.PyJWK({**key.material, "alg": algorithm}).key
    assert tokens.read(pyjwt.encode(claims, private, algorithm, {"kid": key.kid}))["sub"] == "ann"


def test_an_encrypted_token_does_not_show_what_it_says(clock):
    hidden = WebTokens(KeyRing.make("A256GCM"), "statewise", "shop", clock=clock)
    token = hidden.issue({"name": "Ann Example"}, 60)
    shown = b"".join(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in token.split("."))
    assert b"Ann" not in shown
    assert len(token.split(".")) == 5
    assert refusal(hidden, with_header(token, alg="A256KW")) == "algorithm"
    assert refusal(hidden, with_header(token, enc="A128GCM")) == "algorithm"
    assert refusal(hidden, with_header(token, enc=None)) == "algorithm"
