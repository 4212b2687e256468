"""Faults inside an instance: a WSGI app (PEP 3333) around the service's own, which does not know of it.

It is told what is wrong in plain mappings (`Host.tell`), in a thread and in a process alike, and names the faults
that touched an answer in the field `X-Statewise-Fault`, which ends at the balancer. Requests that did not come
through the balancer (health checks, which carry no X-Request-ID) are left alone unless a fault includes them.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from minisvc.faults import Fault, read
from minisvc.faults.kinds import DropResponse, ErrorShare, Slow, StoreSlow
from minisvc.faults.script import Counted, Script
from minisvc.fence import Fence
from minisvc.host.wsgi import App
from minisvc.sockets import reset_on_close

LOOK_EVERY_S = 0.05
"""A delayed request looks this often whether its instance has died; the end of the fault wakes it at once."""


@dataclass(frozen=True)
class Verdict:
    """What a fault does to one request.

    Attributes:
        delay_s: it waits so long first.
        status: it gets this and no work is done; None leaves it alone.
        drop: its work is done and the connection reset.
        if_longer_s: the fault has touched it if its answer begins no sooner; None decides nothing.
    """

    delay_s: float = 0.0
    status: int | None = None
    drop: bool = False
    if_longer_s: float | None = None


NOTHING = Verdict()


class Faulty:
    """An app with faults in front of it.

    Args:
        app: the service's own.
        fence: the instance's; once it is closed, nobody waits any longer.
        effects: the faults at first, as for `receive`.
    """

    def __init__(self, app: App, fence: Fence, effects: Iterable[Mapping[str, Any]] = ()) -> None:
        self._app, self._fence = app, fence
        self._active: dict[str, _Active] = {}
        self._lock = threading.Lock()
        self.receive(list(effects))

    def receive(self, message: object) -> None:
        """The faults that are active from now on: a list of mappings for `minisvc.faults.read`, each with a "name".

        A fault that was active before goes on where it was (its lot, its count).
        """
        assert isinstance(message, list)
        with self._lock:
            former, self._active = self._active, {}
            for described in message:
                name = described["name"]
                fault = read({key: value for key, value in described.items() if key != "name"})
                self._active[name] = former.pop(name) if name in former else _Active(name, fault, self._fence)
        for gone in former.values():
            gone.over.set()

    def sessions(self) -> Any:
        """What the app holds in its memory, if it tells (`Host.sessions`)."""
        return getattr(self._app, "sessions", dict)()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, with what is wrong at the moment."""
        if not self._active:
            return self._app(environ, start_response)
        through = "HTTP_X_REQUEST_ID" in environ
        with self._lock:
            verdicts = [(active, active.next()) for active in self._active.values() if through or active.checks]
        met = [(active, verdict) for active, verdict in verdicts if verdict is not NOTHING]
        return self._answer(met, environ, start_response) if met else self._app(environ, start_response)

    def _answer(
        self, met: list[tuple[_Active, Verdict]], environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        started_s = time.monotonic()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            took_s = time.monotonic() - started_s
            names = [active.name for active, verdict in met if (verdict.if_longer_s or 0.0) <= took_s]
            if names:
                headers = [*headers, ("X-Statewise-Fault", ", ".join(names))]
            return start_response(status, headers, exc_info)

        for active, verdict in met:
            active.wait(verdict.delay_s)
        for active, verdict in met:
            if verdict.status is not None:
                return _refusal(verdict.status, active.name, start)
        if any(verdict.drop for _, verdict in met):
            self._drop(environ)
        return self._app(environ, start)

    def _drop(self, environ: dict[str, Any]) -> None:
        """Let the work be done, and reset the connection in place of an answer."""
        chunks = self._app(environ, lambda *_: lambda data: None)
        for _ in chunks:
            pass
        close = getattr(chunks, "close", None)
        if close:
            close()
        link = environ.get("werkzeug.socket")
        if isinstance(link, socket.socket):
            reset_on_close(link)
        raise ConnectionResetError("a fault drops the answer")


class _Active:
    """A fault at work on one instance: draws its lots, keeps its count. `over` is set when it ends."""

    def __init__(self, name: str, fault: Fault, fence: Fence) -> None:
        self.name, self._fault, self._fence = name, fault, fence
        self.over = threading.Event()
        self.checks = bool(getattr(fault, "checks", False))
        # The same seed must not mean the same luck for every instance.
        self._random = random.Random(f"{getattr(fault, 'seed', 0)}/{fence.name}")
        self._schedule = [each for step in getattr(fault, "counted", ()) for each in [step] * step.count][::-1]

    def next(self) -> Verdict:
        """What happens to the next request. One thread at a time."""
        fault = self._fault
        if isinstance(fault, Slow):
            return Verdict(delay_s=self._delay_s(fault))
        if isinstance(fault, ErrorShare):
            return Verdict(status=fault.status) if self._random.random() < fault.share else NOTHING
        if isinstance(fault, DropResponse):
            return Verdict(drop=True) if self._random.random() < fault.share else NOTHING
        if isinstance(fault, StoreSlow):
            return Verdict(if_longer_s=fault.delay_s)
        if isinstance(fault, Script) and self._schedule:
            return _scripted(self._schedule.pop(), fault.status)
        return NOTHING

    def wait(self, for_s: float) -> None:
        """Wait, until the fault is over at the latest, or the instance dead."""
        until_s = time.monotonic() + for_s
        while (rest_s := until_s - time.monotonic()) > 0 and self._fence.is_open:
            if self.over.wait(min(rest_s, LOOK_EVERY_S)):
                return

    def _delay_s(self, fault: Slow) -> float:
        if fault.jitter == "uniform":
            return self._random.uniform(0, 2 * fault.delay_s)
        if fault.jitter == "exponential" and fault.delay_s:
            return self._random.expovariate(1 / fault.delay_s)
        return fault.delay_s


def _scripted(step: Counted, status: int) -> Verdict:
    if step.outcome == "fail":
        return Verdict(status=status)
    if step.outcome == "drop":
        return Verdict(drop=True)
    return Verdict(delay_s=step.delay_s) if step.outcome == "slow" else NOTHING


def _refusal(status: int, name: str, start: Callable[..., Any]) -> list[bytes]:
    phrase = next((each.phrase for each in HTTPStatus if each == status), "Error")
    said = {"error": phrase, "reason": f"the fault {name} answers in place of the service"}
    body = json.dumps(said).encode() + b"\n"
    start(f"{status} {phrase}", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
