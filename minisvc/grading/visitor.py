"""Asks a submission over HTTP, from outside, and has words for each way in which no proper answer comes."""

from __future__ import annotations

import json as json_text
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Protocol, Self
from urllib.parse import unquote

import requests

from minisvc.grading.failed import Failed
from minisvc.grading.sandbox.birth import RAISED
from minisvc.users.jar import MOST_BYTES

ANSWERS_WITHIN_S = 3.0
ENDED_WITHIN_S = 1.0
"""How long a process takes at most to be gone after its connections are."""
LONGEST_BODY = 1_000_000
LONGEST_SHOWN = 200
_TITLE = re.compile(r"\A\s*<!doctype html>.*?<title>(.*?)</title>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        asked: the request in words, for reasons.
        status: HTTP's.
        data: the JSON body; None where the body is none.
        text: the body as text, at most a million bytes of it.
        headers: by their names, in small letters.
        took_s: until the last byte.
        raised: what the service raised, where the status is 500 and it says so; "" otherwise.
    """

    asked: str
    status: int
    data: Any
    text: str
    headers: Mapping[str, str]
    took_s: float
    raised: str = ""

    def field(self, name: str) -> Any:
        """A field of the JSON object that came back.

        Raises:
            Failed: it was another status than success, no JSON object, or one without that field.
        """
        if not 200 <= self.status < 300:
            raise Failed(f"{self.asked} was answered {self.status}: {self.raised or self.shown}")
        if not isinstance(self.data, dict) or name not in self.data:
            raise Failed(f'{self.asked} was answered {self.shown}, a JSON object with "{name}" is wanted.')
        return self.data[name]

    def whole(self, name: str) -> int:
        """A field that is a whole number.

        Raises:
            Failed: as `field`, or it is something else.
        """
        found = self.field(name)
        if type(found) is not int:  # True is an int too
            raise Failed(f'{self.asked} was answered "{name}": {found!r}; a whole number is wanted.')
        return found

    def need_status(self, *wanted: int, when: str = "") -> Self:
        """Need one of these statuses; gives the answer back. `when` says in a few words what was so, "" for nothing.

        Raises:
            Failed: it was another, in words such as "GET /x at a was answered 500 while the store was up; 200 is
                wanted."
        """
        if self.status not in wanted:
            names = " or ".join(map(str, wanted))
            why = f" The service raised {self.raised}." if self.raised else ""
            raise Failed(f"{self.asked} was answered {self.status}{when and ' '}{when}; {names} is wanted.{why}")
        return self

    @property
    def shown(self) -> str:
        """The body, as far as it fits into a reason; of an HTML page, such as Flask's for an error, the title."""
        title = _TITLE.search(self.text)
        words = " ".join((title[1] if title else self.text).split())
        return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]} ..."


class Place(Protocol):
    """Where somebody can ask, such as an instance."""

    @property
    def url(self) -> str:
        """Its address."""

    def why_silent(self, within_s: float) -> str:
        """Why no answer came, if it tells in so many seconds; "" if it does not."""


class Visitor:
    """One client with cookies of its own, kept as browsers keep them, who may ask any instance."""

    def __init__(self, instances: Mapping[str, Place], name: str) -> None:
        self.name, self._instances = name, instances
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy of the person who grades
        self._session.cookies.set_policy(_Fitting())

    @property
    def cookies(self) -> dict[str, str]:
        """What it would send, by name."""
        return {each.name: each.value or "" for each in self._session.cookies}

    def get(self, path: str, at: str = "a", **options: Any) -> Answer:
        """Ask instance `at`; `options` are those of `ask`."""
        return self.ask("GET", path, at, **options)

    def post(self, path: str, at: str = "a", **options: Any) -> Answer:
        """Ask instance `at`; `options` are those of `ask`."""
        return self.ask("POST", path, at, **options)

    def ask(  # noqa: PLR0913  # what a request has
        self,
        method: str,
        path: str,
        at: str = "a",
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        within_s: float = ANSWERS_WITHIN_S,
    ) -> Answer:
        """Send one request to instance `at` and read the answer. Redirects are not followed.

        Raises:
            Failed: no answer came: in time, or at all.
        """
        body = "" if json is None else f" with {json}"
        asked = f"{method} {path}{body} at {at}"
        begun = time.monotonic()
        try:
            with self._session.request(
                method,
                self._instances[at].url + path,
                json=json,
                headers=dict(headers or {}),
                timeout=within_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = response.raw.read(LONGEST_BODY, decode_content=True) or b""
        except requests.Timeout:
            raise Failed(f"{asked} got no answer within {within_s:g} s.") from None
        except (requests.RequestException, OSError) as error:
            raise Failed(
                f"{asked} got no answer. {self._instances[at].why_silent(ENDED_WITHIN_S) or _cause(error)}"
            ) from None
        for cookie in self._session.cookies:
            # Browsers send these to loopback too, which they trust (W3C, Secure Contexts, section 3.1).
            cookie.secure = False
        return self._answer(asked, response, content, time.monotonic() - begun)

    def close(self) -> None:
        """Leave."""
        self._session.close()

    def _answer(self, asked: str, response: requests.Response, content: bytes, took_s: float) -> Answer:
        text = content.decode(errors="replace")
        try:
            data = json_text.loads(text)
        except ValueError:
            data = None
        headers = {name.lower(): value for name, value in response.headers.items()}
        raised = unquote(headers.pop(RAISED.lower(), ""))
        return Answer(asked, response.status_code, data, text, headers, took_s, raised)


class _Fitting(DefaultCookiePolicy):
    """Drops a cookie that is too large, without a word, as browsers do (RFC 6265bis, section 5.6)."""

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        fits = len(cookie.name) + len(cookie.value or "") <= MOST_BYTES
        return fits and super().set_ok(cookie, request)


def _cause(error: Exception) -> str:
    return f"The connection broke ({type(error).__name__})."
