"""The warden: a process of ours that forks the instances of one submission, and ends all that came of them.

It has imported what instances need, so that one more takes milliseconds. It runs no line of the submission itself.
When the grader ends, however it ends, the link to it closes, and the warden ends everybody.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from pathlib import Path
from typing import Any

# Preloaded for those who are born here.
import flask
import joserfc.jwt
import redis
import requests

from minisvc.grading.sandbox.birth import Birth, Work
from minisvc.grading.sandbox.inside import live
from minisvc.grading.sandbox.orphans import adopt_orphans, end_all

__all__ = ["flask", "joserfc", "main", "redis", "requests"]

LONGEST_ORDER, MB = 65_536, 2**20
LOOK_S = 0.25
"""Between two looks at what instances have written."""


def main(number: int, work: str) -> None:
    """Be a warden, whose grader is at the other end of the socket with that file descriptor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    known, folders = Work.read(Path(work)), dict[int, str]()
    with socket.socket(fileno=number) as link:
        while True:
            if not select.select([link], [], [], LOOK_S)[0]:
                _stop_hoarders(folders, known.disk_mb * MB)
                continue
            message, descriptors, *_ = socket.recv_fds(link, LONGEST_ORDER, 2)
            if not message:
                break
            order = json.loads(message)
            reply = _bear(link, known, order["bear"], descriptors) if "bear" in order else _end(order["end"])
            if "bear" in order:
                folders[reply["pid"]] = order["bear"]["folder"]
            else:
                folders.pop(order["end"], None)
            link.sendall(json.dumps(reply).encode())
    end_all()


def _stop_hoarders(folders: dict[int, str], most: int) -> None:
    """Kill instances with more bytes on disk than that, for a limit of the kernel's is one for each file."""
    for child, folder in folders.items():
        if _written(folder) > most:
            _kill(child)


def _written(folder: str) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # it is gone meanwhile
                total += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118  # many, and often
    return total


def _bear(link: socket.socket, work: Work, birth: dict[str, Any], descriptors: list[int]) -> dict[str, int]:
    listener, report = descriptors
    child = os.fork()
    if child == 0:
        link.close()
        live(socket.socket(fileno=listener), report, work, Birth(**birth))
    os.close(listener)
    os.close(report)
    return {"pid": child}


def _end(child: int) -> dict[str, int]:
    """Kill a child and its group; says how it ended, which for one that had ended by itself is how it did so."""
    _kill(child)
    _, status = os.waitpid(child, 0)
    return {"status": os.waitstatus_to_exitcode(status)}


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
