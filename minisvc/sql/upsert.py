"""INSERT ... ON CONFLICT DO UPDATE, which both databases have and SQLAlchemy keeps with each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERTS: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(
    dialect: str,
    table: Table,
    keys: Mapping[str, object],
    values: Mapping[str, object],
    over: ColumnElement[bool] | None = None,
) -> Any:
    """A statement that writes one row, in place of one with the same `keys`.

    Args:
        dialect: SQLAlchemy's name of the database, "sqlite" or "postgresql".
        table: where the row stands.
        keys: by which a row is known: its primary key, or a unique one.
        values: the other columns.
        over: only a row of which this holds gives way; None means any.
    """
    insert = _INSERTS[dialect](table).values(**keys, **values)
    return insert.on_conflict_do_update(index_elements=list(keys), set_=dict(values), where=over)
