"""A simulated user: remembers what it did, and says so when the service does not.

Written with `requests` and short, for learners read it. For thousands of users see `minisvc.users.cohort`.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from minisvc.exchange import Exchange, Ledger
from minisvc.keeping import DOCUMENT_FIELD
from minisvc.users.journeys import Course, Journey, find_journey
from minisvc.users.mind import Answer, Mind, Step, is_json

MOST_COOKIES = 32
TIMEOUT_S = 35.0
"""Longer than the balancer's own, so that the balancer says what went wrong."""


class User:
    """One customer with cookies and a memory.

    Attributes:
        name: such as "c1".
        mind: what it believes and intends.
        cookies_seen: the latest session cookies this user has been given, the present one last.
    """

    def __init__(self, name: str, url: str, ledger: Ledger, cookie: str = "session", seed: int = 1) -> None:
        self.name = name
        self.mind = Mind(name, seed)
        self.cookies_seen: list[str] = []
        self._url, self._ledger, self._cookie = url, ledger, cookie
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._http = requests.Session()
        # No proxy of the environment may come between a user and loopback.
        self._http.trust_env = False
        self._document: str | None = None

    @property
    def expected(self) -> tuple[str, ...]:
        """What this user believes is in the cart."""
        return self.mind.expected

    @property
    def unsure(self) -> tuple[str, ...]:
        """Additions whose answers never came."""
        return self.mind.unsure

    @property
    def cookie(self) -> str | None:
        """What it would present now: the session cookie, or the document that it keeps itself."""
        return self._document or self._http.cookies.get(self._cookie)

    @property
    def waits(self) -> bool:
        """Whether it is waiting for an answer just now, so that its next step has to wait too."""
        return self._lock.locked()

    def add(self, item: str) -> Exchange:
        """Put one item into the cart, and compare the cart that comes back."""
        return self.perform(self.mind.add(item))

    def check(self) -> Exchange:
        """Look into the cart, and compare."""
        return self.perform(self.mind.check())

    def forget(self) -> None:
        """Start again as a new customer: no cookies, nothing expected."""
        with self._lock:
            self._drop_cookies()
            self.mind.clear()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def follow(
        self, journey: str | Journey, steps: int, wait: Callable[[float], object] = time.sleep
    ) -> list[Exchange]:
        """Make `steps` steps of a journey, over and over if it is shorter; `wait` passes its think time."""
        course, settled = Course(self.mind, find_journey(journey)), list[Exchange]()
        while len(settled) < steps:
            turn = course.next(settled[-1] if settled else None)
            if turn.think_s:
                wait(turn.think_s)
            if turn.fresh:
                self._drop_cookies()
            settled.append(self.perform(turn.step))
        return settled

    def perform(self, step: Step) -> Exchange:
        """Send one step, judge its answer, and settle both in the ledger."""
        with self._lock:
            exchange_id = f"{self.name}-{next(self._numbers)}-{id(self) & 0xFFFF:04x}"
            self._ledger.expect(exchange_id)
            started_s = time.monotonic()
            answer = self._send(step, exchange_id)
            verdict = step.judge(answer)
            return self._ledger.judge(
                Exchange(
                    id=exchange_id,
                    user=self.name,
                    method=step.method,
                    path=step.path,
                    status=answer.status,
                    started_s=started_s,
                    duration_s=time.monotonic() - started_s,
                    error=verdict.error,
                    definite=answer.status is not None and answer.status != 502,
                    lost=verdict.lost,
                    sentence=verdict.sentence,
                )
            )

    def _drop_cookies(self) -> None:
        self._http.cookies.clear()
        self._document = None

    def _send(self, step: Step, exchange_id: str) -> Answer:
        held = {DOCUMENT_FIELD: self._document} if self._document else {}
        try:
            answer = self._http.request(
                step.method,
                self._url + step.path,
                json=step.body,
                headers={"X-Request-ID": exchange_id, **held, **step.headers},
                timeout=TIMEOUT_S,
            )
            said: Any = answer.json() if is_json(answer.headers.get("content-type", "")) else {}
        except (requests.RequestException, ValueError) as error:
            return Answer(None, error=f"no answer: {error}")
        self._document = answer.headers.get(DOCUMENT_FIELD, self._document)
        if self.cookie and self.cookie not in self.cookies_seen[-1:]:
            self.cookies_seen = [*self.cookies_seen[1 - MOST_COOKIES :], self.cookie]
        return Answer(answer.status_code, said if isinstance(said, dict) else {})
