"""A PostgreSQL for sessions or records: a given address, else a server of this machine's `postgres`.

It has a cluster of its own in a temporary folder, made by `initdb`, and listens on loopback with a password made for
it: whoever may log in as its superuser may run programs as its user. PostgreSQL refuses to run as root, so for
root it runs as "postgres" or "nobody".

What it confirmed outlasts its own crash, for it was written; but only with `Keeping.durable` does it wait for the disk
(`fsync`), so that a power failure would be outlasted as well (PostgreSQL 15 documentation, section 20.5).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from minisvc.errors import StoreUnavailable
from minisvc.keeping import Keeping
from minisvc.sockets import LOOPBACK
from minisvc.stores.postgres_process import all_killed, find_programs, find_runner, forget_memory
from minisvc.stores.postgres_template import DATABASE, USER, find_template
from minisvc.stores.program import NotYet, Program
from minisvc.stores.store import Given, Store, without_password

ANSWERS_WITHIN_S = 2
MOST_CONNECTIONS = 250
"""Each of 26 instances may have 8, and the lab looks in as well."""


def open_store(url: str | None = None, keeping: Keeping | None = None) -> Store:
    """The database at `url`, or in a server started here (None), as durable as `keeping` asks for.

    Raises:
        StoreUnavailable: nothing answers at `url`; there is no PostgreSQL on this machine; it does not get ready.
    """
    store = PostgresServer(keeping or Keeping()) if url is None else GivenPostgres(url)
    return store.start()


class GivenPostgres(Given):
    """Somebody's PostgreSQL, which says by itself whether it is durable."""

    def __init__(self, url: str) -> None:
        super().__init__("PostgreSQL (given)", url)

    def _run(self) -> None:
        try:
            with _connected(self.url) as link:
                self.kind = f"PostgreSQL {_version(link)} (given)"
                row = link.execute("SELECT current_setting('synchronous_commit') <> 'off'").fetchone()
                self.durable = bool(row and row[0])
        except psycopg.Error as error:
            raise StoreUnavailable(
                without_password(self.url), _brief(error), "Check the address, or leave it out to have one started."
            ) from error


class PostgresServer(Program):
    """`postgres`, killed with all its processes by `crash`."""

    program = "PostgreSQL"
    # An immediate shutdown saves nothing, but gives its shared memory back.
    last = "QUIT"
    durable = True

    def __init__(self, keeping: Keeping) -> None:
        super().__init__()
        self._programs, self._runner = find_programs(), find_runner()
        self._template, self._fsync = find_template(self._programs, self._runner), keeping.durable
        self.kind = self.program
        self.url = f"postgresql://{USER}:{self._template.word}@{LOOPBACK}:{self.port}/{DATABASE}"

    def crash(self) -> None:
        """SIGKILL for the server and all its processes."""
        with all_killed(self._data):
            if self.running and self._guard:
                self._guard.signal("KILL")
            super().crash()

    @property
    def _data(self) -> Path:
        return Path(self.folder, "data")

    def _run(self) -> None:
        if not self._data.exists():
            self._template.copy(self._data)
        super()._run()

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": MOST_CONNECTIONS,
            "fsync": "on" if self._fsync else "off",
            # Files in its own folder: nothing of it stays in /dev/shm after a kill.
            "dynamic_shared_memory_type": "mmap",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*self._runner.prefix, str(self._programs / "postgres"), "-D", str(self._data), *options]

    def _greet(self) -> str:
        try:
            with _connected(self.url) as link:
                return _version(link)
        except psycopg.Error as error:
            raise NotYet(_brief(error)) from error

    def _erase(self) -> None:
        listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        try:
            with _connected(self.url) as link:
                tables = [sql.Identifier(name) for (name,) in link.execute(listed)]
                if tables:
                    link.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
        except psycopg.Error as error:
            raise StoreUnavailable(self.kind, _brief(error), "Look whether it runs.") from error

    def _clear(self) -> None:
        forget_memory(self._data)
        super()._clear()


@contextlib.contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, connect_timeout=ANSWERS_WITHIN_S) as link:
        yield link


def _version(link: psycopg.Connection[Any]) -> str:
    """Such as "15.10"."""
    return str(link.info.parameter_status("server_version")).split(" ")[0]


def _brief(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
