"""One user of a cohort: a course through a journey, a jar, and an account of what was sent."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from minisvc.exchange import Exchange
from minisvc.keeping import DOCUMENT_FIELD
from minisvc.users.errors import LoadError
from minisvc.users.jar import Jar
from minisvc.users.journeys import Course, Journey, Turn
from minisvc.users.mind import Answer, Mind, Verdict, is_json
from minisvc.users.wire import Reply, Wire


@dataclass(frozen=True, slots=True)
class Target:
    """Where the requests go.

    Attributes:
        host, port: of the balancer.
        prefix: a path before each step's own; "" for none.
        backends: names the instances there are behind it, for shares and imbalance.
    """

    host: str
    port: int
    prefix: str = ""
    backends: Callable[[], Iterable[str]] = tuple

    @classmethod
    def at(cls, url: str, backends: Callable[[], Iterable[str]] = tuple) -> Self:
        """The target at an address such as "http://127.0.0.1:8000/shop".

        Raises:
            LoadError: it is none that can be asked.
        """
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise LoadError([f"address {url!r} cannot be asked; it must be like http://127.0.0.1:8000."])
        return cls(parts.hostname, parts.port or 80, parts.path.removesuffix("/"), backends)


@dataclass(slots=True)
class Errand:
    """A step under way.

    Attributes:
        began_s: when the user wanted to send it; waiting for a connection counts.
        intended_s: when the load's plan had it; None in closed load.
        wire, sent_s: None and 0 while it waits for a connection.
    """

    user: LightUser
    id: str
    turn: Turn
    began_s: float
    intended_s: float | None
    wire: Wire | None = None
    sent_s: float = 0.0
    settled: bool = False


class LightUser:
    """Decides and judges; sends nothing itself. One step at a time.

    Attributes:
        due: intended times of steps that wait for their turn (open load).
        left: steps it may still make (closed load); None for no limit.
        pause_s: what it thinks between steps beside its journey.
        busy: a step is under way, or waits for a connection, or is being thought about.
        asking: a step is under way.
    """

    def __init__(self, name: str, journey: Journey, target: Target, seed: int) -> None:
        self.name, self._target = name, target
        self._mind = Mind(name, seed)
        self._course = Course(self._mind, journey)
        self._jar = Jar(target.host)
        self._document: str | None = None
        self._numbers = itertools.count(1)
        self._last: Exchange | None = None
        self._tag = f"{id(self) & 0xFFFFFF:06x}"
        self._leaving = False
        self.due: deque[float] = deque()
        self.left: int | None = None
        self.pause_s = 0.0
        self.busy = self.asking = False

    def next(self) -> Turn:
        """What it does next."""
        return self._course.next(self._last)

    def begins(self, turn: Turn, now_s: float, intended_s: float | None) -> Errand:
        """It wants to send that turn's step now."""
        if turn.fresh:
            self._drop_cookies()
        return Errand(self, f"{self.name}-{next(self._numbers)}-{self._tag}", turn, now_s, intended_s)

    def request(self, errand: Errand) -> bytes:
        """The request on the wire, with the cookies that the user has now, and the document that it keeps itself."""
        self.asking = True
        step, target = errand.turn.step, self._target
        path = target.prefix + step.path
        head = (
            f"{step.method} {path} HTTP/1.1\r\nhost: {target.host}:{target.port}\r\nx-request-id: {errand.id}\r\n"
            "accept: application/json\r\n"
        )
        cookies = self._jar.header(path.partition("?")[0])
        if cookies:
            head += f"cookie: {cookies}\r\n"
        if self._document:
            head += f"{DOCUMENT_FIELD}: {self._document}\r\n"
        for name, value in step.headers.items():
            head += f"{name}: {value}\r\n"
        if step.body is None:
            return f"{head}\r\n".encode("latin-1")
        body = json.dumps(step.body).encode()
        return f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode("latin-1") + body

    def settles(self, errand: Errand, reply: Reply, now_s: float) -> Exchange:
        """Take the answer's cookies, judge it, and say what happened."""
        step = errand.turn.step
        path = (self._target.prefix + step.path).partition("?")[0]
        for field in reply.cookies:
            self._jar.take(field, path)
        if reply.document is not None:
            self._document = reply.document
        answer = _answer(reply)
        verdict = step.judge(answer)
        self.asking = False
        if self._leaving:
            self._forget()
            # Asked as one customer and answered as another: no assertion holds.
            verdict = Verdict(None, f"{self.name} became a new customer meanwhile", verdict.error)
        self._last = Exchange(
            id=errand.id,
            method=step.method,
            path=step.path,
            user=self.name,
            status=answer.status,
            backend=reply.backend,
            tries=1,
            started_s=errand.began_s,
            duration_s=now_s - errand.began_s,
            bytes_up=reply.bytes_up,
            bytes_down=reply.bytes_down,
            error=verdict.error,
            definite=not reply.sent if answer.status is None else answer.status != 502,
            lost=verdict.lost,
            sentence=verdict.sentence,
            intended_s=errand.intended_s,
        )
        return self._last

    def settled(self, exchange: Exchange) -> None:
        """The record as the ledger has it, for the journey to read."""
        self._last = exchange

    def leave(self) -> None:
        """Become a new customer, after the step that is under way if there is one."""
        if self.asking:
            self._leaving = True
        else:
            self._forget()

    def _forget(self) -> None:
        self._leaving = False
        self._mind.clear()
        self._drop_cookies()

    def _drop_cookies(self) -> None:
        self._jar.clear()
        self._document = None


def _answer(reply: Reply) -> Answer:
    if reply.error:
        return Answer(None, error=f"no answer: {reply.error}")
    said: Any = None
    if is_json(reply.content_type):
        try:
            said = json.loads(reply.body)
        except ValueError as error:
            return Answer(None, error=f"no answer: its JSON is broken: {error}")
    return Answer(reply.status, said if isinstance(said, dict) else {})
