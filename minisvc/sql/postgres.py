"""Engines for a PostgreSQL server, by psycopg 3."""

from __future__ import annotations

import contextlib
import math
import os
import socket
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from minisvc.fence import Fence
from minisvc.sql.pooling import TIMEOUT_S, bounded


class ImpatientConnection(psycopg.Connection[Any]):
    """A connection that gives up after `timeout_s`: a network that swallows bytes must not hold a request for ever."""

    timeout_s = TIMEOUT_S

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's. After an unanswered command the connection is of no more use, and closed."""
        try:
            return super().wait(gen, interval, self.timeout_s if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server has not answered within {self.timeout_s:g} s") from error


def open_engine(url: str, fence: Fence | None, timeout_s: float) -> Engine:
    """As `minisvc.sql.open_engine`, for "postgresql://user:password@host:port/database"."""

    def connect() -> ImpatientConnection:
        # libpq knows whole seconds, and takes less than two for two.
        link = ImpatientConnection.connect(url, connect_timeout=math.ceil(timeout_s))
        link.timeout_s = timeout_s
        return link

    engine = create_engine("postgresql+psycopg://", creator=connect, **bounded(timeout_s))
    _watch(engine, fence)
    return engine


def _watch(engine: Engine, fence: Fence | None) -> None:
    """Let each connection be cut with its instance, and none be handed out that the server has left."""

    def connected(link: Any, entry: ConnectionPoolEntry) -> None:
        # A second descriptor of the same socket: the fence must not cut what the first is given to later.
        entry.info["link"] = socket.socket(fileno=os.dup(link.fileno()))
        try:
            if fence:
                fence.admit(entry.info["link"])
        except ConnectionAbortedError as error:
            link.close()
            raise psycopg.OperationalError(str(error)) from error

    def closed(_link: Any, entry: ConnectionPoolEntry) -> None:
        if "link" in entry.info:
            entry.info.pop("link").close()

    def taken(_link: Any, entry: ConnectionPoolEntry, _proxied: PoolProxiedConnection) -> None:
        # No round trip: an idle server says nothing, unless it says goodbye. libpq's sockets do not block.
        with contextlib.suppress(BlockingIOError):
            entry.info["link"].recv(1, socket.MSG_PEEK)
            raise DisconnectionError("the server has closed the connection")

    event.listen(engine, "connect", connected)
    event.listen(engine, "close", closed)
    event.listen(engine, "checkout", taken)
