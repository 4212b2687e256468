"""One service at instances of each kind of mechanism, and clients who carry what leads to their sessions."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, current_app, request, session

from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keeping import DOCUMENT_FIELD, Keeping
from minisvc.layout import Service
from minisvc.state import Mechanism, build
from tests.minisvc.state.kinds import Kind, rows


class Bench:
    """Instances of one mechanism on a clock that stands still.

    Attributes:
        between: is called by POST /slow/<item> after it has read the session and before it writes.
    """

    def __init__(self, kind: Kind, **keeping: object) -> None:
        self.kind, self.clock, self.keeping = kind, FakeClock(1000.0), Keeping(**keeping)
        self.mechanism: Mechanism = build(Service(state=kind.state, keeping=self.keeping), clock=self.clock)
        self.fences: dict[str, Fence] = {}
        self.between: Callable[[], object] = lambda: None

    def instance(self, name: str) -> Flask:
        """A fresh instance; one that had the name crashes."""
        if name in self.fences:
            self.fences[name].close()
        app, fence = Flask(name), Fence(name)
        self.fences[name] = fence
        self.mechanism.install(app, name, fence)
        _furnish(app, self)
        return app

    def client(self, app: Flask) -> "Client":
        return Client(app, self.kind)

    def close(self) -> None:
        for fence in self.fences.values():
            fence.close()
        self.mechanism.close()


class Client:
    """Somebody with a browser, or a program that keeps the document."""

    def __init__(self, app: Flask, kind: Kind, key: str | None = None) -> None:
        self.app, self._kind = app, kind
        self._http = app.test_client(use_cookies=kind.carried == "cookie")
        self._document: str | None = None
        if key is not None:
            self.present(key)

    @property
    def key(self) -> str | None:
        """What leads to the session; None if there is nothing."""
        if self._kind.carried == "document":
            return self._document
        cookie = self._http.get_cookie("session")
        return cookie.value if cookie else None

    def present(self, key: str) -> None:
        """Use that from now on."""
        if self._kind.carried == "document":
            self._document = key
        else:
            self._http.set_cookie("session", key)

    def at(self, app: Flask) -> "Client":
        """The same somebody, led to another instance."""
        return Client(app, self._kind, self.key)

    def ask(self, method: str, path: str, **options):
        sent = {DOCUMENT_FIELD: self._document} if self._document is not None else {}
        answer = self._http.open(path, method=method, headers=sent, **options)
        self._document = answer.headers.get(DOCUMENT_FIELD, self._document)
        return answer

    def get(self):
        return self.ask("GET", "/")

    def add(self, item: str):
        return self.ask("POST", f"/items/{item}")

    @property
    def items(self) -> list[str]:
        return self.get().json["items"]


def _furnish(app: Flask, bench: Bench) -> None:
    @app.get("/")
    def read() -> dict:
        return {"items": session.get("items", []), "note": session.get("note", "absent")}

    @app.post("/items/<item>")
    def add(item: str) -> dict:
        session["items"] = [*session.get("items", []), item]
        return {"items": session["items"]}

    @app.post("/slow/<item>")
    def add_slowly(item: str) -> dict:
        before = session.get("items", [])
        bench.between()
        session["items"] = [*before, item]
        return {"items": session["items"]}

    @app.put("/note")
    def note() -> dict:
        session["note"] = request.get_json()
        return {}

    @app.post("/login")
    def login() -> dict:
        current_app.session_interface.regenerate(session)
        session["user"] = "ada"
        return {}

    @app.get("/healthz")
    def healthz() -> dict:
        return {"status": "ok"}

    @app.delete("/")
    def empty() -> dict:
        session.clear()
        return {}


@pytest.fixture(params=rows())
def kind(request) -> Kind:
    return request.param


@pytest.fixture
def open_bench(kind, monkeypatch) -> Iterator[Callable[..., Bench]]:
    """Call it with fields of `Keeping`."""
    benches: list[Bench] = []
    if kind.imitation:
        monkeypatch.setenv("PATH", "")

    def opened(**keeping: object) -> Bench:
        benches.append(Bench(kind, **keeping))
        return benches[-1]

    yield opened
    for bench in benches:
        bench.close()


@pytest.fixture
def bench(open_bench) -> Bench:
    return open_bench()
