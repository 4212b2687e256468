"""An SQLite file and a PostgreSQL server as things that crash."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from minisvc.errors import FaultError, StoreUnavailable
from minisvc.keeping import Keeping
from minisvc.stores import postgres_server, sqlite_file
from minisvc.stores.postgres_process import find_programs
from tests.minisvc.conditions import until
from tests.minisvc.programs import needs_postgres


@pytest.fixture
def server():
    store = postgres_server.open_store()
    yield store
    store.close()


def ask(store, question: str):
    with psycopg.connect(store.url, connect_timeout=5) as link:
        return link.execute(question).fetchone()[0]


def processes(store) -> list[psutil.Process]:
    """The server and its children."""
    with psycopg.connect(store.url) as link:
        mother = psutil.Process(link.info.backend_pid).parent()
    return [mother, *mother.children()]


@needs_postgres
def test_a_server_says_what_it_is_and_keeps_its_password_to_itself(server):
    assert server.kind.startswith("PostgreSQL 1")
    assert (server.durable, server.embedded, server.given) == (True, False, False)
    word = urlsplit(server.url).password
    assert len(word) > 16
    assert word not in repr(server)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(word, "guess"))


@needs_postgres
def test_a_server_listens_on_loopback_alone_and_not_as_root(server):
    assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server, "SHOW unix_socket_directories") == ""
    assert "root" not in {each.username() for each in processes(server)}


@needs_postgres
@pytest.mark.parametrize("durable", [False, True])
def test_it_waits_for_the_disk_only_if_that_is_asked_for(durable):
    store = postgres_server.open_store(keeping=Keeping(durable=durable))
    try:
        assert ask(store, "SHOW fsync") == ("on" if durable else "off")
        # Either way a confirmed commit was written, and so outlasts the server.
        assert ask(store, "SHOW synchronous_commit") == "on"
    finally:
        store.close()


@needs_postgres
def test_a_crash_kills_every_process_of_it_at_once(server):
    running = processes(server)
    assert len(running) > 3
    server.crash()
    assert [each for each in running if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []
    server.restart()
    assert ask(server, "SELECT 1") == 1


@needs_postgres
def test_closing_it_leaves_no_process_no_folder_and_no_shared_memory():
    for crashed in (False, True):
        before = shared_memory()
        store = postgres_server.open_store()
        folder, running = Path(store.folder), processes(store)
        if crashed:
            store.crash()
        store.close()
        store.close()
        assert not folder.exists()
        assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in running)
        assert shared_memory() - before == set()


def shared_memory() -> set[str]:
    """Segments without a process, which is what a killed server leaves."""
    table = Path("/proc/sysvipc/shm")
    lines = table.read_text().splitlines()[1:] if table.exists() else []
    return {line.split()[1] for line in lines if line.split()[6] == "0"}


@needs_postgres
def test_the_server_does_not_outlive_a_killed_process():
    code = (
        "import sys; from minisvc.stores.postgres_server import open_store\n"
        "store = open_store()\n"
        "print(store.url, store.folder, store._template._folder.name, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        url, *folders = owner.stdout.readline().split()
        with psycopg.connect(url) as link:
            mother = psutil.Process(link.info.backend_pid).parent()
        os.kill(owner.pid, signal.SIGKILL)
    until(lambda: not mother.is_running() or mother.status() == psutil.STATUS_ZOMBIE)
    # A killed process removes nothing.
    for folder in folders:
        shutil.rmtree(folder)


def test_a_dead_address_is_named_with_what_to_do():
    with pytest.raises(StoreUnavailable) as caught:
        postgres_server.open_store("postgresql://ada:hidden@127.0.0.1:1/shop")
    told = str(caught.value)
    assert told.startswith("The store postgresql://***@127.0.0.1:1/shop is not available: ")
    assert told.endswith("Check the address, or leave it out to have one started.")
    assert "hidden" not in told


def test_a_machine_without_postgresql_says_so_and_what_else_there_is(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("minisvc.stores.postgres_process.PLACES", ())
    with pytest.raises(StoreUnavailable) as caught:
        find_programs()
    assert str(caught.value) == (
        "The store PostgreSQL is not available: its programs are neither on PATH nor where packages put them.\n"
        '  Install it (Debian: postgresql), give an address, or use "sqlite".'
    )


def test_a_file_is_no_server_what_a_crash_takes_is_its_disk():
    store = sqlite_file.open_store()
    file = Path(urlsplit(store.url).path.removeprefix("/"))
    assert (store.kind.startswith("SQLite 3."), store.durable, store.embedded) == (True, True, True)
    store.crash()
    assert not file.exists()
    with pytest.raises(FaultError, match=r"^store_wipe: the store is down"):
        store.wipe()
    store.restart()
    assert file.exists()
    store.close()
    assert not file.parent.exists()
