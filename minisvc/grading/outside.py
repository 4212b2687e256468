"""A service outside of a submission, such as a bank: run by the grader, scripted by a check, and it counts."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from werkzeug.wrappers import Request, Response

from minisvc.host import ThreadHost
from minisvc.sockets import LOOPBACK, reset_on_close

HELD_AT_MOST_S = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the submission.

    Attributes:
        method, path: such as "POST" and "/transfers".
        headers: by their names, in small letters.
        data: the JSON body; None where it is none.
        at_s: when it came, on time.monotonic.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    data: Any
    at_s: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers.

    Attributes:
        status: HTTP's.
        data: the JSON body.
        headers: further ones.
        lost: the connection is reset in place of an answer; what was asked for has been done.
    """

    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


class Outside:
    """Runs on a loopback port from `with` to its end; submissions reach it by a variable whose name ends in _URL.

    >>> with Outside(answer) as bank, trial.open(2, BANK_URL=bank.url) as site: ...

    Attributes:
        asked: every request so far, in the order in which they came.
    """

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self._answer = answer
        self._host = ThreadHost("outside", lambda _name, _fence: self._serve, "outside")
        self._changed = threading.Condition()
        self._held = False
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._host.port}"

    def wait_for(self, count: int, within_s: float) -> bool:
        """Wait until so many requests have come, at most so long; returns whether they have."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.asked) >= count, within_s)

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Requests come in and are counted, and are answered only when this ends (or after ten seconds)."""
        with self._changed:
            self._held = True
        try:
            yield
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()

    def crash(self) -> None:
        """From now on it refuses connections."""
        self._host.crash()

    def restart(self) -> None:
        """Serve again after `crash`, on the same port."""
        self._host.start()

    def __enter__(self) -> Self:
        self._host.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._host.stop(grace_s=0.0)

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        asked = _asked(Request(environ))
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._held, HELD_AT_MOST_S)
            # One after the other, so that an answer may count.
            reply = self._answer(asked)
        if reply.lost:
            reset_on_close(environ["werkzeug.socket"])
            raise ConnectionResetError("this answer is lost")
        response = Response(json.dumps(reply.data), reply.status, dict(reply.headers), mimetype="application/json")
        return response(environ, start_response)


def _asked(request: Request) -> Asked:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(request.method, request.path, headers, request.get_json(silent=True), time.monotonic())
