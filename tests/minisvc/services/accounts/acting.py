"""People with a browser and programs with a secret, as they talk to a running accounts service."""

import base64
import hashlib
import re
import secrets
from urllib.parse import parse_qsl, urlsplit

import requests

PASSWORD = "correct horse battery"
BACK = "http://127.0.0.1:9/back"


class Browser(requests.Session):
    """Somebody at a keyboard."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url

    def request(self, method, path, **options):
        return super().request(method, path if "://" in path else self.base + path, **options)

    def sign_up(self, name: str = "ann", password: str = PASSWORD) -> requests.Response:
        return self.post("/signup", json={"name": name, "password": password})

    def log_in(self, name: str = "ann", password: str = PASSWORD) -> requests.Response:
        return self.post("/login", json={"name": name, "password": password})

    @property
    def is_logged_in(self) -> bool:
        return self.get("/profile").status_code == 200

    @property
    def cookie(self) -> str:
        return self.cookies["session"]

    def plant(self, cookie: str) -> None:
        """Use that session cookie from now on."""
        for each in [each for each in self.cookies if each.name == "session"]:
            self.cookies.clear(each.domain, each.path, each.name)
        self.cookies.set("session", cookie, domain="127.0.0.1", path="/")

    def register(self, **wanted: object) -> "Program":
        asked = {"name": "Diary", "redirect_uris": [BACK], "scope": "profile statistics"} | wanted
        answer = self.post("/clients", json=asked)
        assert answer.status_code == 201, answer.text
        return Program(self.base, answer.json())

    def answer(self, query: dict[str, str], answer: str = "allow") -> dict[str, str]:
        """Read the consent page, press a button, and return what the program is told."""
        page = self.get("/oauth/authorize", params=query)
        assert page.status_code == 200, page.text
        form = {"form": hidden(page.text), "answer": answer}
        sent = self.post("/oauth/authorize", params=query, data=form, allow_redirects=False)
        assert sent.status_code == 302, sent.text
        assert sent.headers["Location"].partition("?")[0] == query["redirect_uri"]
        return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


class Program:
    """A registered client."""

    def __init__(self, url: str, told: dict) -> None:
        self.base, self.id, self.secret = url, told["client_id"], told.get("client_secret")

    def ask(self, path: str, **form: str) -> requests.Response:
        if self.secret is None:
            return requests.post(self.base + path, data={"client_id": self.id, **form}, timeout=10)
        return requests.post(self.base + path, data=form, auth=(self.id, self.secret), timeout=10)

    def token(self, **form: str) -> requests.Response:
        return self.ask("/oauth/token", **form)

    def refresh(self, token: str, **form: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token, **form)

    def is_active(self, token: str) -> bool:
        return self.ask("/oauth/introspect", token=token).json()["active"]

    def query(self, verifier: str, **changes: str) -> dict[str, str]:
        """What a browser is sent to /oauth/authorize with; a change to "" leaves that out."""
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": BACK,
            "scope": "profile",
            "state": "abc",
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (asked | changes).items() if value}

    def redeem(self, code: str, verifier: str, **changes: str) -> requests.Response:
        asked = {"code": code, "redirect_uri": BACK, "code_verifier": verifier} | changes
        return self.token(grant_type="authorization_code", **{name: value for name, value in asked.items() if value})

    def tokens_for(self, browser: Browser, scope: str = "profile") -> dict[str, str]:
        """The whole way: consent, code, tokens."""
        verifier = new_verifier()
        answer = self.redeem(browser.answer(self.query(verifier, scope=scope))["code"], verifier)
        assert answer.status_code == 200, answer.text
        return answer.json()


def bearing(url: str, token: str, path: str = "/profile") -> requests.Response:
    return requests.get(url + path, headers={"Authorization": f"Bearer {token}"}, timeout=10)


def hidden(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def new_verifier() -> str:
    return secrets.token_urlsafe(40)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
