"""People and the programs that act for them, as they talk to a running accounts service."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from minisvc import base64url
from minisvc.cluster import Cluster
from minisvc.users.mind import Answer, Step, Verdict

BACK = "http://127.0.0.1:9/back"
"""Where people are sent back to; nobody listens there, nor is asked to."""
TIMEOUT_S = 20.0
OK, BAD_REQUEST, UNAUTHORIZED = 200, 400, 401


@contextlib.contextmanager
def registered(shop: Cluster, chance: random.Random) -> Iterator[Program]:
    """A program of somebody who has just signed up."""
    with requests.Session() as person:
        # No proxy of the environment may come between a person and loopback.
        person.trust_env = False
        ann = {"name": f"ann-{chance.getrandbits(32)}", "password": f"a secret {chance.getrandbits(64)}"}
        _good(person.post(f"{shop.url}/signup", json=ann, timeout=TIMEOUT_S))
        wanted = {"name": "Diary", "redirect_uris": [BACK], "scope": "profile statistics"}
        told = _good(person.post(f"{shop.url}/clients", json=wanted, timeout=TIMEOUT_S)).json()
        yield Program(shop.url, person, (told["client_id"], told["client_secret"]))


@dataclass(frozen=True, slots=True)
class Program:
    """A registered program, and the person who may let it act for them.

    Every method raises requests.HTTPError where the service refuses what it has to allow.
    """

    url: str
    person: requests.Session
    credentials: tuple[str, str]

    def ask(self, path: str, **form: str) -> requests.Response:
        """Ask one of the endpoints for programs; whatever it answers."""
        with requests.Session() as link:
            link.trust_env = False
            return link.post(self.url + path, data=form, auth=self.credentials, timeout=TIMEOUT_S)

    def token_for_itself(self) -> str:
        """An access token (RFC 6749, section 4.4)."""
        token: str = _good(self.ask("/oauth/token", grant_type="client_credentials")).json()["access_token"]
        return token

    def signs_in(self, chance: random.Random) -> Mapping[str, Any]:
        """What the token endpoint tells when the person has said yes (RFC 6749, section 4.1; RFC 7636)."""
        verifier = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=43))
        hashed = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.credentials[0],
            "redirect_uri": BACK,
            "scope": "profile",
            "code_challenge": base64url.encode(hashed),
            "code_challenge_method": "S256",
        }
        said = self.person.post(
            f"{self.url}/oauth/authorize",
            params=asked,
            json={"answer": "allow"},
            allow_redirects=False,
            timeout=TIMEOUT_S,
        )
        code = parse_qs(urlsplit(_good(said).headers["Location"]).query)["code"][0]
        return self.redeem(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=verifier)

    def refresh(self, token: str) -> Mapping[str, Any]:
        """The next pair of tokens."""
        return self.redeem(grant_type="refresh_token", refresh_token=token)

    def is_refused(self, token: str) -> bool:
        """Whether the next pair is refused to that refresh token (RFC 6749, section 5.2: 400)."""
        return self.ask("/oauth/token", grant_type="refresh_token", refresh_token=token).status_code == BAD_REQUEST

    def redeem(self, **form: str) -> Mapping[str, Any]:
        """Tokens for a code or for a refresh token."""
        told: Mapping[str, Any] = _good(self.ask("/oauth/token", **form)).json()
        return told

    def revoke(self, token: str) -> None:
        """Let it be over (RFC 7009)."""
        _good(self.ask("/oauth/revoke", token=token))

    def is_active(self, token: str) -> bool:
        """Whether it still means something (RFC 7662)."""
        active: bool = _good(self.ask("/oauth/introspect", token=token)).json()["active"]
        return active


def bearing(token: str, path: str, *, is_good: bool, heard: Callable[[Answer], object] = lambda _: None) -> Step:
    """Come with an access token that ought to be good, or not to be; `heard` is told what was answered."""

    def judge(answer: Answer) -> Verdict:
        heard(answer)
        if answer.status not in {OK, UNAUTHORIZED}:
            return Verdict(None, f"got no good answer: {answer.complaint}", answer.complaint)
        wrong = (answer.status == OK) != is_good
        said = "was let in" if answer.status == OK else "was refused"
        return Verdict(wrong, f"{said} with a token that {'is' if is_good else 'is not'} good")

    return Step("GET", path, judge, headers={"Authorization": f"Bearer {token}"})


def _good(answer: requests.Response) -> requests.Response:
    answer.raise_for_status()
    return answer
