"""Break what a client's burden rests on, and the claim that says so is refuted."""

import math

from minisvc.services.accounts.access import SignedMint
from minisvc.state.encrypted_cookie import EncryptedCookie
from minisvc.state.signed_token import SignedToken
from minisvc.tokens import Beliefs, Registry, TokenRefused, WebTokens
from minisvc.users import jar
from tests.minisvc.claims.sabotage import faults


def is_off(*_, **__):
    """In place of what is sabotaged."""


def test_without_a_look_at_their_claims_tokens_for_others_are_let_in(monkeypatch):
    monkeypatch.setattr(WebTokens, "_check", is_off)
    assert faults("tampering-refused") == ["forgeries let in", "forgeries answered 401"]


def test_a_verifier_that_asks_for_its_key_each_time_looks_it_up(monkeypatch):
    read = SignedMint.read

    def asking(self, token):
        self.keys.latest()
        return read(self, token)

    monkeypatch.setattr(SignedMint, "read", asking)
    assert faults("jwt-no-lookup") == ["look-ups a request, JWT"]


def test_a_refresh_token_that_may_come_twice_betrays_nobody(monkeypatch):
    monkeypatch.setattr(Registry, "_reused", lambda self, record: TokenRefused("reused"))
    assert faults("refresh-reuse-detected") == ["tokens of that sign-in still good"]


def test_an_introspection_that_is_believed_for_ever_is_believed_too_long(monkeypatch):
    known = Beliefs.__init__

    def patient(self, last_s, clock):
        known(self, math.inf if last_s else 0, clock)

    monkeypatch.setattr(Beliefs, "__init__", patient)
    assert "longest" in faults("introspection-cache-window")


def test_a_client_without_a_limit_loses_nothing(monkeypatch):
    monkeypatch.setattr(jar, "MOST_BYTES", math.inf)
    assert faults("cookie-limit") == ["things in the cart, Flask's own cookie", "things confirmed and not in the cart"]


def test_tokens_that_are_encrypted_are_a_secret(monkeypatch):
    monkeypatch.setattr(SignedToken, "algorithm", EncryptedCookie.algorithm)
    assert faults("signed-not-secret") == ["share of things read without a key, JWT"]


def test_a_token_that_is_never_over_is_let_in_after_its_end(monkeypatch):
    monkeypatch.setattr(WebTokens, "_check", is_off)
    monkeypatch.setattr("minisvc.state.sessions.Record.ttl_s", lambda self, keeping, now_s: keeping.idle_s)
    assert faults("jwt-outlives-logout") == ["share of visits let in after the token's end"]
