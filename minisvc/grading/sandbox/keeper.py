"""The warden of one submission, as the grader sees it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from minisvc.errors import MinisvcError
from minisvc.grading.sandbox.birth import Birth, Work
from minisvc.host.nursery import paths

ENDED_WITHIN_S = 10.0
_BOOT = "import sys; sys.path[:] = sys.argv[3:]; from minisvc.grading.sandbox.warden import main; "
_BOOT += "main(int(sys.argv[1]), sys.argv[2])"


class WardenGone(MinisvcError):
    """The warden has ended: the time of the submission is up, or somebody killed it."""

    def __init__(self) -> None:
        super().__init__("The process that runs this submission is gone.")


class Keeper:
    """Starts a warden for a submission, and ends it with every process that came of it. Safe from any thread.

    Attributes:
        folder: an empty temporary folder; instances get folders of their own in it.
    """

    def __init__(self, work: Work) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="minisvc-grade-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._lock, self._link = threading.Lock(), socket.socket()
        self._number = 0
        file = self.folder / "work.json"
        work.write(file)
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter, with code of ours
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), str(file), *paths()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(self.folder),
                cwd=self.folder,
                start_new_session=True,
            )

    def bear(self, name: str, listener: socket.socket, report: int, environment: dict[str, str]) -> int:
        """Start an instance on a listener, in a folder of its own; returns its process's id.

        `environment` is added to the few variables that every instance has; of the addresses in those whose names end
        in "_URL" the ports may be connected to.

        Raises:
            WardenGone: there is no warden any more.
        """
        self._number += 1
        folder = self.folder / f"{name}-{self._number}"
        folder.mkdir()
        birth = Birth(name, str(folder), {**_bare(folder), **environment}, _ports(environment))
        return int(self._ask({"bear": asdict(birth)}, [listener.fileno(), report])["pid"])

    def end(self, pid: int) -> int:
        """Kill an instance; returns its exit status, below 0 a signal's number. One that had ended keeps its own.

        Raises:
            WardenGone: there is no warden any more, and so no instance.
        """
        return int(self._ask({"end": pid})["status"])

    def abandon(self) -> None:
        """Let the warden end everybody now, from any thread: time is up."""
        try:
            self._link.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already

    def close(self) -> None:
        """End every process of the submission, and remove what it wrote. Closing twice changes nothing."""
        self.abandon()
        self._link.close()
        try:
            self._process.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            # Somebody holds it up; instances die with it.
            self._process.kill()
            self._process.wait()
        self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, order: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, int]:
        with self._lock:
            try:
                socket.send_fds(self._link, [json.dumps(order).encode()], descriptors or [])
                reply = self._link.recv(4096)
            except OSError:
                reply = b""
        if not reply:
            raise WardenGone
        found: dict[str, int] = json.loads(reply)
        return found


def environment(folder: Path) -> dict[str, str]:
    """All that the warden sees of this program's environment: nothing but where programs are."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}


def _bare(folder: Path) -> dict[str, str]:
    return environment(folder) | {"TMPDIR": str(folder)}


def _ports(environment: dict[str, str]) -> list[int]:
    urls = [value for name, value in environment.items() if name.endswith("_URL")]
    ports = [url.rpartition(":")[2].partition("/")[0] for url in urls]
    return [int(port) for port in ports if port.isdigit()]
