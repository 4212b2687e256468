"""Engines that end with their instance, on each kind of database."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from minisvc.fence import Fence
from minisvc.sql import MOST, open_engine
from minisvc.sql.tables import create_tables
from minisvc.stores import postgres_server, sqlite_file
from minisvc.stores.store import Store
from tests.minisvc.programs import DATABASES

OPEN = {"sqlite": sqlite_file.open_store, "postgres": postgres_server.open_store}
notes = Table("notes", MetaData(), Column("n", Integer, primary_key=True))


class Bench:
    def __init__(self, store: Store) -> None:
        self.store, self.engines = store, []
        self.here = self.engine()
        create_tables(self.here, notes.metadata)

    def engine(self, fence: Fence | None = None, **options):
        self.engines.append(open_engine(self.store.url, fence, **options))
        return self.engines[-1]

    @property
    def count(self) -> int:
        with self.here.begin() as connection:
            return connection.execute(select(func.count()).select_from(notes)).scalar_one()


@pytest.fixture(params=DATABASES)
def bench(request) -> Iterator[Bench]:
    store = OPEN[request.param]()
    bench = Bench(store)
    yield bench
    for engine in bench.engines:
        engine.dispose()
    store.close()


def test_what_a_crashed_instance_had_not_committed_is_rolled_back_and_its_locks_are_free(bench):
    fence = Fence("a")
    zombie = bench.engine(fence).connect()
    zombie.execute(insert(notes).values(n=1))
    fence.close()
    # While the zombie still holds its transaction in hand: the same key would have to wait for it.
    with bench.engine(Fence("b")).begin() as other:
        other.execute(insert(notes).values(n=1))
    with pytest.raises(OperationalError):
        zombie.commit()
    zombie.invalidate()
    zombie.close()
    assert bench.count == 1


def test_a_crashed_instance_can_begin_nothing(bench):
    fence = Fence("a")
    engine, fresh = bench.engine(fence), bench.engine(fence)
    with engine.begin() as connection:
        connection.execute(insert(notes).values(n=1))
    fence.close()
    for each in (engine, fresh):
        with pytest.raises(SQLAlchemyError), each.begin() as connection:
            connection.execute(insert(notes).values(n=2))
    assert bench.count == 1


def test_an_instance_has_a_bounded_number_of_connections_and_waits_for_one_a_bounded_time(bench):
    engine = bench.engine(timeout_s=0.1)
    taken = [engine.connect() for _ in range(MOST)]
    began_s = time.monotonic()
    with pytest.raises(PoolTimeout, match="connection timed out"):
        engine.connect()
    assert time.monotonic() - began_s < 2
    for each in taken:
        each.close()
    engine.connect().close()


def test_who_waits_for_a_lock_waits_a_bounded_time(bench):
    patient, hasty = bench.engine().connect(), bench.engine(timeout_s=0.1)
    patient.execute(insert(notes).values(n=1))
    told = pytest.raises(OperationalError, match=r"database is locked|has not answered within 0.1 s")
    with told, hasty.begin() as connection:
        connection.execute(insert(notes).values(n=1))
    patient.commit()
    patient.close()
    assert bench.count == 1


def test_a_connection_that_the_database_has_left_is_not_handed_out_again(bench):
    with bench.here.begin() as connection:
        connection.execute(insert(notes).values(n=1))
    bench.store.crash()
    bench.store.restart()
    assert bench.count == 1


def test_many_may_make_the_same_tables_at_once(bench):
    tables = MetaData()
    Table("made", tables, Column("n", Integer))
    engines, ready, faults = [bench.engine() for _ in range(6)], threading.Barrier(6), []

    def make(engine) -> None:
        ready.wait(10)
        try:
            create_tables(engine, tables)
        except SQLAlchemyError as error:
            faults.append(error)

    threads = [threading.Thread(target=make, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert faults == []
    with bench.here.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM made")).scalar_one() == 0
