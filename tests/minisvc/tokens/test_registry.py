"""Opaque tokens: introspection, revocation, and refresh tokens that betray their thief."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.clock import FakeClock
from minisvc.tokens import Grant, MemoryRecords, Registry, TokenRefused, fresh_token

GRANT = Grant("app", "ann", "profile cart")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_800_000_000.0)


@pytest.fixture
def registry(clock) -> Registry:
    return Registry(MemoryRecords(), clock=clock)


def refusal(registry: Registry, token: str, client: str = "app", scope: str | None = None) -> str:
    with pytest.raises(TokenRefused) as refused:
        registry.rotate(token, client, scope)
    return refused.value.reason


def test_a_token_has_256_random_bits_and_is_kept_as_a_hash_only(registry):
    issued = registry.issue(GRANT, refresh=True)
    assert len(issued.access) == len(issued.refresh) == 43
    kept = repr(registry.records.all)
    assert issued.access not in kept
    assert issued.refresh not in kept
    assert issued.access not in repr(issued)


def test_introspection_tells_what_an_active_token_means_and_nothing_of_another(registry, clock):
    issued = registry.issue(GRANT, refresh=True)
    assert registry.introspect(issued.access).introspection(clock()) == {
        "active": True,
        "client_id": "app",
        "scope": "profile cart",
        "token_type": "Bearer",
        "iat": 1_800_000_000,
        "exp": 1_800_000_600,
        "sub": "ann",
    }
    record = registry.introspect(issued.access)
    clock.advance(600)
    assert registry.introspect(issued.access) is None
    assert record.introspection(clock()) == {"active": False}
    assert registry.introspect(fresh_token()) is None


def test_a_client_of_its_own_has_no_subject(registry, clock):
    issued = registry.issue(Grant("app", None, ""), refresh=False)
    assert issued.refresh is None
    assert "sub" not in registry.introspect(issued.access).introspection(clock())


def test_a_refresh_token_is_good_for_one_use_and_gives_a_new_pair(registry):
    first = registry.issue(GRANT, refresh=True)
    second = registry.rotate(first.refresh, "app")
    assert len({first.access, first.refresh, second.access, second.refresh}) == 4
    assert registry.introspect(second.access).grant == GRANT
    assert registry.introspect(first.refresh) is None
    assert registry.rotate(second.refresh, "app").refresh


def test_a_replayed_refresh_token_revokes_the_whole_family_and_no_other(registry):
    first, other = registry.issue(GRANT, refresh=True), registry.issue(GRANT, refresh=True)
    second = registry.rotate(first.refresh, "app")
    third = registry.rotate(second.refresh, "app")
    with pytest.raises(TokenRefused, match="it may be stolen: all that came from the same sign-in is revoked"):
        registry.rotate(first.refresh, "app")
    assert [registry.introspect(each) for each in (first.access, second.access, third.access, third.refresh)] == [
        None
    ] * 4
    assert refusal(registry, third.refresh) == "revoked"
    assert registry.introspect(other.access)
    assert registry.rotate(other.refresh, "app")


def test_of_two_who_spend_one_token_at_once_one_is_taken_for_a_thief(registry):
    issued = registry.issue(GRANT, refresh=True)
    found = registry.records.find
    winner = []

    def find_late(fingerprint: str):
        record = found(fingerprint)
        if not winner:
            winner.append("comes between the look and the write")
            winner.append(registry.rotate(issued.refresh, "app"))
        return record

    registry.records.find = find_late
    assert refusal(registry, issued.refresh) == "reused"
    assert registry.introspect(winner[1].access) is None


def test_asking_for_less_narrows_this_access_token_only(registry):
    first = registry.issue(GRANT, refresh=True)
    second = registry.rotate(first.refresh, "app", "cart")
    assert registry.introspect(second.access).grant.scope == "cart"
    assert registry.introspect(registry.rotate(second.refresh, "app").access).grant.scope == "profile cart"


def test_asking_for_more_is_refused_and_spends_nothing(registry):
    issued = registry.issue(GRANT, refresh=True)
    assert refusal(registry, issued.refresh, scope="profile admin") == "scope"
    assert registry.rotate(issued.refresh, "app")


def test_an_expired_an_unknown_and_a_strangers_refresh_token_are_refused(registry, clock):
    issued = registry.issue(GRANT, refresh=True)
    assert refusal(registry, fresh_token()) == "unknown"
    assert refusal(registry, issued.access) == "unknown"
    assert refusal(registry, issued.refresh, client="other") == "client"
    clock.advance(registry.refresh_s)
    assert refusal(registry, issued.refresh) == "expired"


def test_revoking_an_access_token_leaves_the_rest_and_a_refresh_token_takes_all(registry):
    first = registry.issue(GRANT, refresh=True)
    assert registry.revoke(first.access, "app")
    assert registry.introspect(first.access) is None
    second = registry.rotate(first.refresh, "app")
    assert registry.revoke(second.refresh, "app")
    assert registry.introspect(second.access) is None


def test_a_client_cannot_revoke_what_is_not_its_own(registry):
    issued = registry.issue(GRANT, refresh=True)
    assert not registry.revoke(issued.access, "other")
    assert not registry.revoke(fresh_token(), "app")
    assert registry.introspect(issued.access)


@given(moves=st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=30))
def test_however_a_thief_and_the_owner_take_turns_a_family_ends_with_the_first_reuse(moves):
    """Each move spends some token that was issued, fresh or stale; in a living family one refresh token is active."""
    registry = Registry(MemoryRecords(), clock=FakeClock(1.0))
    issued, spent, reused = [registry.issue(GRANT, refresh=True)], set(), False
    for _, index in moves:
        token = issued[index % len(issued)].refresh
        if token in spent or reused:
            assert refusal(registry, token) == ("revoked" if reused else "reused")
            reused = True
        else:
            issued.append(registry.rotate(token, "app"))
        spent.add(token)
        active = [each for each in issued if registry.introspect(each.refresh)]
        assert len(active) == (0 if reused else 1)
        if reused:
            assert not any(registry.introspect(each.access) for each in issued)
