"""Where this machine has PostgreSQL, as whom it runs there, and how all of its processes are killed at once."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from minisvc.errors import StoreUnavailable

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
"""Where packages put the server, for most keep it from PATH: Debian, Fedora and its kin, Homebrew."""
UNPRIVILEGED = ("postgres", "nobody")
GONE_WITHIN_S = 5.0


def find_programs() -> Path:
    """The folder of `initdb` and `postgres`: that on PATH, else the newest that a package has put somewhere.

    Raises:
        StoreUnavailable: there is none.
    """
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = [folder for place in PLACES for folder in Path("/").glob(place[1:]) if (folder / "postgres").exists()]
    if not found:
        remedy = 'Install it (Debian: postgresql), give an address, or use "sqlite".'
        raise StoreUnavailable("PostgreSQL", "its programs are neither on PATH nor where packages put them", remedy)
    return max(found, key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))])


@dataclass(frozen=True, slots=True)
class Runner:
    """Who runs the server.

    Attributes:
        prefix: what stands before a command so that it runs as that user; nothing where it is ourselves.
        uid, gid: whose files are to be; None where they are ours.
    """

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Make that file or folder the user's."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def find_runner() -> Runner:
    """Ourselves; for root, somebody who may do less, for PostgreSQL refuses to run as root.

    Raises:
        StoreUnavailable: we are root, and cannot become anybody else.
    """
    if os.geteuid() != 0:
        return Runner()
    program = shutil.which("setpriv", path=os.defpath + ":/usr/sbin:/sbin")
    for name in UNPRIVILEGED if program else ():
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            who = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
            return Runner((str(program), *who), entry.pw_uid, entry.pw_gid)
    why = f"it refuses to run as root, and there is no setpriv, or no user of {', '.join(UNPRIVILEGED)}"
    raise StoreUnavailable("PostgreSQL", why, "Start the lab as an ordinary user, or give an address.")


@contextlib.contextmanager
def all_killed(data: Path) -> Iterator[None]:
    """While this lasts, the postmaster of that data folder is to be killed; its children die with it, by SIGKILL too.

    By themselves they would end what they are about first, and hold the memory that a new postmaster asks for. Only
    Linux tells a process's children and lets us wait for them; elsewhere they end when they notice.
    """
    descriptors = [_opened(pid) for pid in _children(data)]
    try:
        yield
        for each in filter(None, descriptors):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(each, signal.SIGKILL)
        deadline_s = time.monotonic() + GONE_WITHIN_S
        for each in filter(None, descriptors):
            # Readable once the process has ended.
            select.select([each], [], [], max(0, deadline_s - time.monotonic()))
    finally:
        for each in filter(None, descriptors):
            os.close(each)


def _children(data: Path) -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        postmaster = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        return [int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
    return []


def _opened(pid: int) -> int | None:
    with contextlib.suppress(OSError, AttributeError):
        return os.pidfd_open(pid)
    return None


def forget_memory(data: Path) -> None:
    """Give back the few shared bytes by which a killed postmaster marked its folder: the last word in its lock file."""
    remover = shutil.which("ipcrm")
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().split("\n")
        found = re.fullmatch(r"\s*\d+\s+(\d+)\s*", lines[6]) if len(lines) > 6 else None
        if remover and found:
            subprocess.run([remover, "-m", found.group(1)], check=False, capture_output=True)  # noqa: S603  # a number
