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
import time
from collections import defaultdict
from pathlib import Path

_DEATH_SIGNAL, _SUBREAPER = 1, 36
ENDED_WITHIN_S = 8.0
"""Of killing: who forks without end where neither a filter nor a limit holds it back may win, for so long."""


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)


def end_all() -> None:
    """Kill all descendants until none is left. Those of a killed one are adopted, and are next.

    Each round stops all of them before it kills one, so that none forks while it waits for its turn.
    """
    until_s = time.monotonic() + ENDED_WITHIN_S
    while _reaped() and time.monotonic() < until_s:
        found = _descendants()
        for what in (signal.SIGSTOP, signal.SIGKILL):
            for each in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, what)


def _reaped() -> bool:
    """Take leave of all children that have ended; returns whether there are others."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def _descendants() -> list[int]:
    """All processes that came of this one, whoever their parent is; where there is no /proc, none."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):  # it has ended meanwhile
            # "pid (command) state ppid ...", and a command may hold anything (proc(5)).
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            children[parent].append(int(stat.parent.name))
    found = children[os.getpid()]
    for each in found:
        found += children[each]
    return found


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
