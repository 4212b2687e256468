"""One contract for every place where state may live, embedded and real."""

import pickle
import shutil
from collections.abc import Iterator

import pytest
from flask import Flask, session

from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.layout import Service
from minisvc.state import Mechanism, build, furnish

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")
SHARED = {"signed_cookie", "redis", "redis-imitation"}


@pytest.fixture(params=["memory", "signed_cookie", pytest.param("redis", marks=needs_redis), "redis-imitation"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def mechanism(kind, monkeypatch) -> Iterator[Mechanism]:
    if kind == "redis-imitation":
        monkeypatch.setenv("PATH", "")
    mechanism = build(Service(state=kind.removesuffix("-imitation")))
    yield mechanism
    mechanism.close()


def instance(mechanism: Mechanism, name: str) -> tuple[Flask, Fence]:
    app, fence = Flask(name), Fence(name)
    mechanism.install(app, name, fence)

    @app.get("/")
    def read() -> dict:
        return {"items": session.get("items", [])}

    @app.post("/<item>")
    def add(item: str) -> dict:
        session["items"] = [*session.get("items", []), item]
        return {"items": session["items"]}

    @app.delete("/")
    def empty() -> dict:
        session.clear()
        return {}

    return app, fence


def test_a_session_comes_back(mechanism):
    client = instance(mechanism, "a")[0].test_client()
    client.post("/apples")
    client.post("/bread")
    assert client.get("/").json == {"items": ["apples", "bread"]}


def test_two_clients_do_not_share_a_session(mechanism):
    app, _ = instance(mechanism, "a")
    app.test_client().post("/apples")
    assert app.test_client().get("/").json == {"items": []}


def test_another_instance_sees_the_session_only_where_state_is_not_its_own(mechanism, kind):
    first, second = instance(mechanism, "a")[0].test_client(), instance(mechanism, "b")[0].test_client()
    first.post("/apples")
    second.set_cookie("session", first.get_cookie("session").value)
    assert second.get("/").json == {"items": ["apples"] if kind in SHARED else []}


def test_reading_writes_nothing(mechanism):
    client = instance(mechanism, "a")[0].test_client()
    client.post("/apples")
    assert "Set-Cookie" not in client.get("/").headers


def test_a_cleared_session_is_gone_and_so_is_its_cookie(mechanism):
    client = instance(mechanism, "a")[0].test_client()
    client.post("/apples")
    client.delete("/")
    assert client.get_cookie("session") is None
    assert mechanism.held() == []


@pytest.mark.parametrize("forged", ["", "x", "../../etc", "eyJpdGVtcyI6WyJ4Il19.aaaa.bbbb", "ü"])
def test_a_made_up_cookie_is_no_session_and_is_never_adopted(mechanism, forged):
    client = instance(mechanism, "a")[0].test_client()
    client.set_cookie("session", forged)
    assert client.get("/").json == {"items": []}
    client.post("/apples")
    assert client.get_cookie("session").value != forged


def test_the_cookie_is_closed_to_scripts_and_other_sites(mechanism):
    told = instance(mechanism, "a")[0].test_client().post("/apples").headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Path=/" in told


def test_it_tells_where_each_session_is_held(mechanism, kind):
    client = instance(mechanism, "a")[0].test_client()
    client.post("/apples")
    cookie = client.get_cookie("session").value
    place = {"memory": "a", "signed_cookie": "client"}.get(kind, "store")
    (held,) = mechanism.held([cookie])
    assert (held.place, held.cookie, held.session["items"]) == (place, cookie, ["apples"])


def test_a_fenced_instance_changes_nothing_any_more(mechanism, kind):
    (app, fence), other = instance(mechanism, "a"), instance(mechanism, "b")[0].test_client()
    client = app.test_client()
    client.post("/apples")
    cookie = client.get_cookie("session").value
    fence.close()
    assert client.post("/bread").status_code == (503 if kind.startswith("redis") else 200)
    other.set_cookie("session", cookie)
    assert other.get("/").json == {"items": ["apples"] if kind in SHARED else []}


def test_an_instance_needs_nothing_but_terms_that_can_travel(mechanism, kind):
    mechanism.watch("a", dict)
    terms = pickle.loads(pickle.dumps(mechanism.terms("a")))
    assert terms == mechanism.terms("a")
    app = Flask("a")
    probe = furnish(terms, app, Fence("a"))

    @app.get("/")
    def add() -> dict:
        session["items"] = ["apples"]
        return {}

    client = app.test_client()
    client.get("/")
    assert [found["items"] for found in probe().values()] == ([["apples"]] if kind == "memory" else [])
    cookie = client.get_cookie("session").value
    held = mechanism.held([cookie])
    assert [each.session["items"] for each in held] == ([] if kind == "memory" else [["apples"]])


def test_terms_do_not_show_their_secrets(mechanism):
    terms = mechanism.terms("a")
    assert not terms.key or str(terms.key) not in repr(terms)
    assert not terms.store_url or terms.store_url not in repr(terms)


def test_sessions_in_memory_expire():
    clock = FakeClock()
    memory = build(Service(state="memory"), clock=clock)
    client = instance(memory, "a")[0].test_client()
    client.post("/apples")
    clock.advance(Keeping().idle_s - 1)
    assert client.get("/").json == {"items": ["apples"]}
    clock.advance(Keeping().idle_s)
    assert client.get("/").json == {"items": []}
    assert memory.held() == []


def test_a_restarted_instance_has_an_empty_memory():
    memory = build(Service(state="memory"))
    client = instance(memory, "a")[0].test_client()
    client.post("/apples")
    instance(memory, "a")
    assert memory.held() == []
