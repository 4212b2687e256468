"""Other programs, and the ends of processes."""

import subprocess
import sys
import textwrap
from pathlib import Path

import psutil

from tests.minisvc.host.conftest import WAIT_S


def wait_gone(pids) -> None:
    """Wait until none of these processes exists."""
    alive = []
    for pid in pids:
        try:
            alive.append(psutil.Process(pid))
        except psutil.NoSuchProcess:
            continue
    _, left = psutil.wait_procs(alive, WAIT_S)
    assert left == []


def run(code: str, *, stdin: str | None = None, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code)] if stdin is None else [sys.executable, "-"]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=60, check=False, cwd=Path.cwd(), **options
    )
