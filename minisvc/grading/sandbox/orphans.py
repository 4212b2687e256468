"""Processes that a submission leaves behind: adopted by the warden, so that it can end every one of them.

Linux alone has this (prctl(2): PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG). Elsewhere a process that leaves its group
outlives its grading.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

_DEATH_SIGNAL, _SUBREAPER = 1, 36
MOST_ROUNDS = 200
"""Of killing all children: those of a killed one are adopted, and are next. A fork bomb has few, for its number of
processes is limited."""


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)


def end_all() -> None:
    """Kill all children, and theirs, until none is left."""
    for _ in range(MOST_ROUNDS):
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # "pid (command) state ppid ...", and a command may hold anything (proc(5)).
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue  # it has ended meanwhile
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
