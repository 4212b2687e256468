"""A fresh PostgreSQL data folder, made by `initdb` once for this program and copied from then on.

`initdb` takes half a second of a processor's time, a copy a tenth of that. It is a matter of how many files there are,
so that the template has one database in place of three (CREATE DATABASE then wants TEMPLATE postgres).
"""

from __future__ import annotations

import functools
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from minisvc.errors import StoreUnavailable
from minisvc.stores.postgres_process import Runner

USER, DATABASE = "statewise", "postgres"
"""The superuser, and the one database."""
SLIM = """UPDATE pg_database SET datistemplate = false
DROP DATABASE template0
DROP DATABASE template1
"""
INITDB = (
    "--auth=scram-sha-256",
    "--no-sync",
    "--no-instructions",
    "--locale=C",
    "--encoding=UTF8",
    "--wal-segsize=1",
)

_lock = threading.Lock()


class Template:
    """A data folder on which no server ever runs.

    Attributes:
        word: the superuser's password, there and in every copy.
    """

    def __init__(self, programs: Path, runner: Runner) -> None:
        self.word = secrets.token_urlsafe(16)
        self._runner = runner
        # Removed when this program ends.
        self._folder = tempfile.TemporaryDirectory(prefix="statewise-", ignore_cleanup_errors=True)
        folder, word = Path(self._folder.name), Path(self._folder.name, "word")
        word.touch(0o600)
        word.write_text(self.word)
        for each in (folder, word):
            runner.give(each)
        self._data = folder / "data"
        data = ("-D", str(self._data))
        self._run([str(programs / "initdb"), *data, "-U", USER, f"--pwfile={word}", *INITDB])
        word.unlink()
        self._run([str(programs / "postgres"), "--single", *data, "-c", "fsync=off", DATABASE], SLIM)

    def copy(self, data: Path) -> None:
        """Make a data folder like it, which is not there yet."""
        self._runner.give(data.parent)
        self._run(["cp", "-Rp", str(self._data), str(data)])

    def _run(self, command: Sequence[str], said: str = "") -> None:
        whole = [*self._runner.prefix, *command]
        done = subprocess.run(  # noqa: S603  # this machine's programs, with arguments of ours
            whole, cwd=self._folder.name, input=said, capture_output=True, text=True, check=False
        )
        if done.returncode:
            by_hand = f"Try it by hand: {' '.join(whole)}"
            raise StoreUnavailable("PostgreSQL", f"no data folder: {' '.join(done.stderr.split())}", by_hand)


def find_template(programs: Path, runner: Runner) -> Template:
    """This program's template, made when first asked for.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    with _lock:
        return _made(programs, runner)


_made = functools.cache(Template)
