"""One instance of a submission, as the grader sees it: started, killed, and asked how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from minisvc.grading.sandbox.keeper import Keeper
from minisvc.kept_port import KeptPort

UP_WITHIN_S = 10.0
MOST_SAID = 65_536
"""Bytes that the grader reads of what one instance reports; what comes after that is dropped."""


@dataclass(slots=True)
class Report:
    """What an instance said of itself. It comes from a submission's process, so it may be anything: it is believed
    only where a lie does not help.

    Attributes:
        up: whether it serves an app.
        values: of the variables that the exercise asks for; JSON, or {"layout": YAML}.
        errors: what cells raised, by the cell's name; "" names what makes the whole invalid.
        unable: why there is no app, though one was asked for; "" for none.
        refused: what it tried and was not let do.
    """

    up: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    unable: str = ""
    refused: list[str] = field(default_factory=list)

    def hear(self, line: str) -> bool:
        """Take in one line; returns whether it was the last before serving."""
        try:
            said = json.loads(line)
        except ValueError:
            return False
        if not isinstance(said, dict):
            return False
        if isinstance(said.get("refused"), str) and said["refused"] not in self.refused:
            self.refused.append(said["refused"][:300])
        if isinstance(said.get("unable"), str):
            self.unable = said["unable"]
            return True
        if not isinstance(said.get("values"), dict) or not isinstance(said.get("errors"), dict):
            return False
        self.up, self.values = said.get("up") is True, said["values"]
        self.errors = {str(cell): str(words) for cell, words in said["errors"].items()}
        return True


class Instance:
    """A process that runs a submission's cells and serves its app on a port, which it keeps for life.

    Attributes:
        name: the instance's name.
        report: what the present or last process said of itself.
        ended: how the last process ended, in words; "" while it runs, or if the grader killed it.
    """

    def __init__(self, name: str, keeper: Keeper, environment: Mapping[str, str]) -> None:
        self.name, self._keeper, self._environment = name, keeper, dict(environment)
        self.report, self.ended = Report(), ""
        self._port, self._pid, self._pipe = KeptPort(), 0, -1
        self._rest = b""

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self._port.number}"

    def start(self) -> None:
        """Run it in a fresh process and a fresh folder; returns when it serves, or never will: see `report`.

        Raises:
            WardenGone: time is up.
        """
        self.report, self.ended, self._rest = Report(), "", b""
        self._pipe, writing = os.pipe()
        try:
            with self._port.listen() as listener:
                self._pid = self._keeper.bear(self.name, listener, writing, self._environment)
        finally:
            os.close(writing)
        if not self._listen(time.monotonic() + UP_WITHIN_S):
            self.report.unable = self.why_silent() or (
                f"It is not done with its cells after {UP_WITHIN_S:g} s: is there an endless loop?"
            )
            self.crash()

    def why_silent(self, within_s: float = 0.0) -> str:
        """Look how the process ended, if it does so by itself in so many seconds; "" if it runs."""
        if self._pid and self._listen(time.monotonic() + within_s) is None:
            self.ended = _ending(self._keeper.end(self._pid))
            self._pid = 0
        return self.ended

    def crash(self) -> None:
        """Kill its process and all in its group: what was in its memory and its folder is out of reach.

        Raises:
            WardenGone: time is up.
        """
        if self._pid:
            self._listen(time.monotonic())
            pid, self._pid = self._pid, 0
            self._keeper.end(pid)

    def close(self) -> None:
        """Hear its last words; the warden ends the process."""
        if self._pipe >= 0:
            self._listen(time.monotonic())
            os.close(self._pipe)
            self._pipe = -1

    def _listen(self, until_s: float) -> bool | None:
        """Hear what it reports until it says that it serves or cannot (True), time is up (False), or it ends (None)."""
        heard = 0
        while heard < MOST_SAID:
            left_s = max(0.0, until_s - time.monotonic())
            if not select.select([self._pipe], [], [], left_s)[0]:
                return False
            part = os.read(self._pipe, 4096)
            if not part:
                return None
            heard += len(part)
            *lines, self._rest = (self._rest + part).split(b"\n")
            for line in lines:
                if self.report.hear(line.decode(errors="replace")):
                    return True
        return False


def _ending(status: int) -> str:
    """How a process ended by itself, in words, with what is the usual cause."""
    if status >= 0:
        return f"Its process ended by itself with status {status}; a service must not call os._exit or sys.exit."
    name = f"signal {-status}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-status).name
    causes = {"SIGXCPU": "it used more processor time than a service needs: is there an endless loop?"}
    causes |= {"SIGKILL": "it used more processor time, memory or disk than it may, or something killed it."}
    return f"Its process crashed ({name}): {causes.get(name, 'it did something that the system refuses.')}"
