"""Tables that are made by whoever comes first."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData, func, inspect, select

from minisvc.sql.pooling import READS_ONLY

ONE_AT_A_TIME = 0x57A7E
"""The advisory lock under which tables are made: any number that others do not use."""


def create_tables(engine: Engine, tables: MetaData) -> None:
    """Make those that are not there yet. Several instances may do so at once.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer, or forbids it.
    """
    # Looking first needs no lock, for which others might have to be waited for.
    with engine.connect().execution_options(**{READS_ONLY: True}) as connection:
        there = set(inspect(connection).get_table_names())
    if there.issuperset(tables.tables):
        return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # CREATE TABLE IF NOT EXISTS fails when two do it at once; SQLite lets in one at a time anyway.
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        tables.create_all(connection)
