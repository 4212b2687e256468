"""JupyterLab as a child process: started on loopback with a token, and stopped with all its kernels."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from minisvc.errors import PortTaken
from minisvc.lab.errors import ServerFailed

HOST = "127.0.0.1"
PORTS = range(8888, 8938)
LOG, SAID_LINES = "jupyterlab.log", 20
SETTINGS = Path(__file__).parent / "settings"
ENDS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
"""Signals that close the lab."""
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """One JupyterLab to run: it serves the directory `root` and opens on `notebook`."""

    root: Path
    notebook: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def url(self) -> str:
        """The address to open, with the token that lets one in."""
        return f"http://{HOST}:{self.port}/lab/tree/{quote(self.notebook)}?token={self.token}"

    @property
    def probe(self) -> str:
        """A path that this server, and no other on its port, answers with 200."""
        return "/api/status"

    def command(self, *, open_browser: bool) -> list[str]:
        """The command line. The token is not in it, for other users of the machine can read that."""
        return [
            *(sys.executable, "-m", "jupyterlab", f"--ServerApp.ip={HOST}", f"--ServerApp.port={self.port}"),
            *(
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={self.root}",
                "--ServerApp.log_level=ERROR",
            ),
            f"--LabApp.default_url=/lab/tree/{quote(self.notebook)}",
            *([] if open_browser else ["--no-browser"]),
            # Jupyter refuses root because whoever gets in gets a root shell. This server listens on
            # loopback only and keeps its token, and in a container root is often all there is.
            *(["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []),
        ]


@dataclass(frozen=True, slots=True)
class Running:
    """A server that has been started."""

    server: Server
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_ready(self) -> None:
        """Return once it answers; raises `ServerFailed` if it ends or does not answer in a minute."""
        deadline = time.monotonic() + READY_WITHIN_S
        while not _answers(self.server):
            if self.process.poll() is not None:
                raise ServerFailed(f"it ended with status {self.process.returncode}", self.said())
            if time.monotonic() > deadline:
                raise ServerFailed(f"no answer on port {self.server.port} within {READY_WITHIN_S:.0f} s", self.said())
            time.sleep(0.1)

    def said(self) -> str:
        """The last lines that JupyterLab and its kernels logged."""
        with suppress(OSError):
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-SAID_LINES:])
        return ""


@contextmanager
def running(server: Server, *, open_browser: bool) -> Iterator[Running]:
    """Run `server` while the block runs; afterwards it, its kernels and its run-time files are gone."""
    process = None
    # What JupyterLab logs is for whoever looks for a fault: it would bury the address.
    with tempfile.TemporaryDirectory(prefix="statewise-lab-", ignore_cleanup_errors=True) as scratch:
        try:
            with _uninterrupted():
                process = _start(server, Path(scratch), open_browser=open_browser)
            yield Running(server, process, Path(scratch, LOG))
        finally:
            if process is not None:
                _stop(process)


def _start(server: Server, scratch: Path, *, open_browser: bool) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal then reaches this process alone, which stops
    # JupyterLab in order, without the question that JupyterLab asks.
    with (scratch / LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            server.command(open_browser=open_browser),
            env=_environment(scratch, server.token),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop it in order: JupyterLab ends its kernels on SIGTERM. Another Ctrl-C must not cut that short."""
    with _uninterrupted():
        process.terminate()
        try:
            process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and its kin back until the block is done, so that no child is forgotten."""
    held: list[int] = []
    before = {each: signal.signal(each, lambda number, _: held.append(number)) for each in ENDS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if held:
        raise KeyboardInterrupt


def pick_port(wanted: int | None) -> int:
    """The port `wanted`, or the first free one from JupyterLab's usual 8888 on; raises `PortTaken`."""
    for port in PORTS if wanted is None else (wanted,):
        if _free(port):
            return port
    if wanted is not None:
        raise PortTaken(HOST, wanted)
    return any_port()


def any_port() -> int:
    """A port that is free just now, whichever."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _free(port: int) -> bool:
    with suppress(OSError), socket.create_server((HOST, port)):
        return True
    return False


def _answers(server: Server) -> bool:
    """Whether this very server answers: any other on that port would not know the token."""
    with suppress(OSError):
        connection = HTTPConnection(HOST, server.port, timeout=1)
        try:
            connection.request("GET", server.probe, headers={"Authorization": f"token {server.token}"})
            return connection.getresponse().status == 200
        finally:
            connection.close()
    return False


def _environment(scratch: Path, token: str) -> dict[str, str]:
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    own = {
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this Python, not one that the user keeps
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
    }
    # In a container there may be no home, or none that one may write to.
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111 - Path.home raises where there is none
        own |= {name: str(scratch / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
        own["IPYTHONDIR"] = str(scratch / "ipython")
    return {**os.environ, **own}
