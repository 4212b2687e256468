"""Services that have records of their own: how they say so, and how they reach them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData

Factory = TypeVar("Factory", bound=Callable[[str], Flask])
_MARK = "statewise_needs_database"


def keeps_records(factory: Factory) -> Factory:
    """Mark a function that makes an app: the lab opens the service's `database` for it.

    >>> @keeps_records
    ... def create_app(instance):
    ...     app = Flask(__name__)
    ...     # in a request: with database().begin() as connection: ...
    ...     return app
    """
    setattr(factory, _MARK, True)
    return factory


def is_to_keep_records(factory: object) -> bool:
    """Whether it is so marked."""
    return getattr(factory, _MARK, False) is True


def database(tables: MetaData | None = None) -> Engine:
    """The engine of the app that answers now. It is furnished after the app was made, so ask for it in a request.

    Args:
        tables: are made first, once an app, where they are not there yet.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: they cannot be made.
    """
    engine: Engine = current_app.extensions["database"]
    made: set[MetaData] = current_app.extensions.setdefault("database_tables", set())
    if tables is not None and tables not in made:
        from minisvc.sql.tables import create_tables  # noqa: PLC0415  # services without a database need not pay for it

        create_tables(engine, tables)
        made.add(tables)
    return engine
