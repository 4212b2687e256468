"""Idempotency keys by themselves, on a clock that stands still: how long they last, and who may have one."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select

from minisvc.clock import FakeClock
from minisvc.errors import LayoutError
from minisvc.services.idempotency import Asked, Habits, Keys, Outcome, fingerprint
from minisvc.services.idempotency_keys import KeyMisused, KeyUnderWay, keys, tables
from minisvc.sql import open_engine
from minisvc.sql.tables import create_tables
from minisvc.stores.sqlite_file import open_store

effects = Table("effects", MetaData(), Column("n", Integer))
ASKED = Asked("ada", "k-1", fingerprint("POST", "/charges", b"250"))


class Bench:
    def __init__(self, engine: Engine, **habits: object) -> None:
        self.engine, self.clock = engine, FakeClock(1000.0)
        self.keys = self.other(**habits)

    def other(self, **habits: object) -> Keys:
        """Another instance's."""
        return Keys(self.engine, Habits(**habits), self.clock)

    def effect(self, connection) -> Outcome:
        connection.execute(insert(effects).values(n=1))
        return Outcome(201, b"done")

    def once(self, asked: Asked = ASKED) -> Outcome:
        return self.keys.once(asked, self.effect)

    def count(self, table: Table = effects) -> int:
        with self.engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def engine() -> Iterator[Engine]:
    store = open_store()
    engine = open_engine(store.url)
    create_tables(engine, tables)
    create_tables(engine, effects.metadata)
    yield engine
    engine.dispose()
    store.close()


@pytest.fixture
def bench(engine) -> Bench:
    return Bench(engine)


def test_a_key_is_remembered_for_a_day_and_then_it_is_a_new_one(bench):
    assert bench.once() == Outcome(201, b"done")
    bench.clock.advance(86_399)
    assert bench.once() == Outcome(201, b"done", replayed=True)
    bench.clock.advance(1)
    assert bench.once() == Outcome(201, b"done")
    assert bench.count() == 2


def test_keys_that_have_expired_are_forgotten_by_and_by(bench):
    for number in range(3):
        bench.once(Asked("ada", f"k-{number}", "f"))
    bench.clock.advance(86_400)
    bench.once(Asked("ada", "new", "f"))
    assert bench.count(keys) == 1


def test_an_expired_key_may_come_with_another_request(bench):
    bench.once()
    other = Asked("ada", "k-1", fingerprint("POST", "/charges", b"251"))
    with pytest.raises(KeyMisused, match="'k-1' came with another request before"):
        bench.once(other)
    bench.clock.advance(86_400)
    assert not bench.once(other).replayed


def test_the_same_body_at_another_path_is_another_request(bench):
    bench.once()
    with pytest.raises(KeyMisused):
        bench.once(Asked("ada", "k-1", fingerprint("POST", "/refunds", b"250")))


def test_what_fails_leaves_no_effect_and_its_key_free(bench):
    def failing(connection) -> Outcome:
        bench.effect(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.keys.once(ASKED, failing)
    assert bench.count() == bench.count(keys) == 0
    assert not bench.once().replayed


def test_a_dead_instances_claim_is_over_with_its_lease(bench):
    def dying(connection) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.keys.once(ASKED, dying)
    with pytest.raises(KeyUnderWay, match=r"is under way\. Send it again a little later"):
        bench.once()
    bench.clock.advance(5)
    assert not bench.once().replayed
    assert bench.count() == 1


def test_an_instance_that_was_slower_than_its_lease_leaves_no_effect(bench):
    quick = bench.other()

    def overtaken(connection) -> Outcome:
        # Its lease goes by before it writes anything, and another does the work.
        bench.clock.advance(5)
        assert not quick.once(ASKED, bench.effect).replayed
        return bench.effect(connection)

    # In a transaction that has not yet begun to write, so that SQLite lets the other one in.
    slow = Keys(bench.engine.execution_options(reads_only=True), Habits(), bench.clock)
    with pytest.raises(KeyUnderWay):
        slow.once(ASKED, overtaken)
    assert bench.count() == 1
    assert bench.once().replayed


def test_habits_that_cannot_be_had_are_told_all_at_once():
    with pytest.raises(LayoutError) as caught:
        Habits("togeter", kept_s=0, lease_s=-1)
    assert len(caught.value.faults) == 3
    assert caught.value.faults[0].startswith("keys 'togeter' is not known. Did you mean \"together\"?")


requests = st.tuples(st.sampled_from(["ada", "bob"]), st.sampled_from("xyz"), st.sampled_from("12"), st.booleans())


@settings(max_examples=50)
@given(st.lists(requests, max_size=20))
def test_however_requests_are_repeated_each_key_has_one_effect(sent):
    store = open_store()
    try:
        engine = open_engine(store.url)
        create_tables(engine, tables)
        create_tables(engine, effects.metadata)
        _compare(Bench(engine), sent)
        engine.dispose()
    finally:
        store.close()


def _compare(bench: Bench, sent: list[tuple[str, str, str, bool]]) -> None:
    """With a dict that says what each key of each client was used for."""
    known: dict[tuple[str, str], str] = {}

    def failing(connection) -> Outcome:
        bench.effect(connection)
        raise ZeroDivisionError

    for client, key, body, fails in sent:
        asked, before = Asked(client, key, body), known.get((client, key))
        try:
            outcome = bench.keys.once(asked, failing if fails else bench.effect)
        except KeyMisused:
            assert before not in {None, body}
        except ZeroDivisionError:
            assert before is None
        else:
            assert (before == body) == outcome.replayed
            known[client, key] = body
    assert bench.count() == len(known)
