"""SQLAlchemy engines whose connections end with their instance: SQLite files and PostgreSQL servers.

`minisvc.stores` runs the databases; this is the instance's end of them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import Engine

from minisvc.fence import Fence
from minisvc.sql import postgres, sqlite
from minisvc.sql.pooling import MOST, READS_ONLY, TIMEOUT_S

__all__ = ["MOST", "READS_ONLY", "TIMEOUT_S", "open_engine"]


def open_engine(url: str, fence: Fence | None = None, timeout_s: float = TIMEOUT_S) -> Engine:
    """An engine for the database at `url`, such as "sqlite:///tmp/shop.db" or "postgresql://name:word@127.0.0.1/shop".

    No connection is made before it is needed, and at most `MOST` at a time. A connection goes
    through `fence` (None: through none): once that is closed, nothing is written or committed any more.

    Every transaction begins with the right to write, unless it says that it will not (`READS_ONLY`): SQLite lets one
    in at a time, so that what was read in it still holds when it is changed. PostgreSQL's own default is weaker (read
    committed): lock what you read (`with_for_update`), or let a unique key decide.

    An operation waits at most `timeout_s` for an answer, a lock or a free connection. What goes wrong is a
    `sqlalchemy.exc.SQLAlchemyError`, also where an instance has crashed or nobody answers.
    """
    if urlsplit(url).scheme == "sqlite":
        return sqlite.open_engine(url, fence, timeout_s)
    return postgres.open_engine(url, fence, timeout_s)
