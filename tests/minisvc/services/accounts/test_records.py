"""The registry's rules over records in each database, and what only a database can get wrong."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, event, text

from minisvc.clock import FakeClock
from minisvc.database import Database
from minisvc.layout import Service
from minisvc.services.accounts.grants import Codes, SqlRecords
from minisvc.services.accounts.tables import create
from minisvc.sql import READS_ONLY, open_engine
from minisvc.tokens import Grant, Registry, TokenRefused
from tests.minisvc.services.accounts.test_places import DATABASES

GRANT = Grant("app", "ann", "profile")


@pytest.fixture(params=DATABASES)
def database(request) -> Iterator[Database]:
    opened = Database(Service("accounts", database=request.param))
    yield opened
    opened.close()


@pytest.fixture
def engines(database) -> Iterator[list[Engine]]:
    """Three of them, as three instances have."""
    made = [open_engine(database.store.url) for _ in range(3)]
    create(made[0])
    yield made
    for engine in made:
        engine.dispose()


@pytest.fixture
def registry(engines) -> Registry:
    return Registry(SqlRecords(engines[0]), clock=FakeClock(1_800_000_000.0))


def test_a_record_comes_back_as_it_was(registry):
    issued = registry.issue(GRANT, refresh=True)
    record = registry.introspect(issued.access)
    assert (record.grant, record.kind, record.expires_s) == (GRANT, "access", 1_800_000_600.0)
    assert registry.introspect(registry.issue(Grant("app", None, ""), refresh=False).access).grant.subject is None


def test_a_replayed_refresh_token_revokes_its_family_and_no_other(registry):
    first, other = registry.issue(GRANT, refresh=True), registry.issue(GRANT, refresh=True)
    second = registry.rotate(first.refresh, "app")
    with pytest.raises(TokenRefused, match="it may be stolen"):
        registry.rotate(first.refresh, "app")
    assert [registry.introspect(each) for each in (first.access, second.access, second.refresh)] == [None] * 3
    assert registry.introspect(other.access)


def test_all_of_a_person_is_revoked_at_once(registry):
    mine, others = registry.issue(GRANT, refresh=True), registry.issue(Grant("app", "bob", "profile"), refresh=True)
    registry.records.revoke_subject("ann", registry.clock())
    assert registry.introspect(mine.access) is None
    assert registry.introspect(others.access)


def test_a_code_is_redeemed_once_and_nothing_is_kept_for_the_second(registry, engines):
    codes = Codes(engines[1], registry.clock)
    code = codes.find(codes.issue(GRANT, "https://a.example/", "x" * 43))
    pairs = [registry.pair(GRANT, code.family, refresh=True) for _ in range(2)]
    assert [codes.redeem(code, *records) for _, records in pairs] == [True, False]
    assert [registry.introspect(issued.access) is not None for issued, _ in pairs] == [True, False]


@pytest.mark.parametrize("database", [each for each in DATABASES if each != "sqlite"], indirect=True)
def test_a_family_is_revoked_with_the_successors_that_are_being_added(registry, engines):
    """A thief's replay is found out while the owner's rotation has not ended."""
    issued, may_end, ending = registry.issue(GRANT, refresh=True), threading.Event(), threading.Event()
    family = registry.introspect(issued.refresh).family
    slow, fast = engines[1], engines[2]

    def wait(connection: Connection) -> None:
        if not connection.get_execution_options().get(READS_ONLY):
            ending.set()
            assert may_end.wait(10)

    event.listen(slow, "commit", wait)
    rotated = []
    owner = threading.Thread(
        target=lambda: rotated.append(Registry(SqlRecords(slow), clock=registry.clock).rotate(issued.refresh, "app"))
    )
    revoker = threading.Thread(target=lambda: SqlRecords(fast).revoke_family(family, registry.clock()))
    try:
        owner.start()
        assert ending.wait(10)
        revoker.start()
        _until_somebody_waits_for_a_lock(engines[0])
    finally:
        may_end.set()
        owner.join(10)
        revoker.join(10)
    assert registry.introspect(rotated[0].access) is None
    assert registry.introspect(rotated[0].refresh) is None


def _until_somebody_waits_for_a_lock(engine: Engine) -> None:
    until_s = time.monotonic() + 1.5
    while time.monotonic() < until_s:
        with engine.connect() as connection:
            if connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
                return
    raise AssertionError("nobody waits for a lock")
