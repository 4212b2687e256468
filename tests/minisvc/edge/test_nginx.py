"""NGINX at the edge: it agrees with ours where a lesson rests on it."""

import os
import shutil
from pathlib import Path

import pytest
import requests

from minisvc.edge import NginxEdge, NginxFailed, NoOrigin
from minisvc.edge import nginx as module
from tests.minisvc.conditions import until

on_path = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not on PATH")
LONG_AGO = "@1"


@pytest.fixture
def real(front):
    """The same origin, with NGINX in front of it."""
    with NginxEdge(f"http://127.0.0.1:{front.host.port}") as edge:
        front.real = edge
        yield front


def ask(front, path: str = "/a", **fields: str) -> tuple[str, str]:
    """The body, and what NGINX did."""
    answer = requests.get(front.real.url + path, headers=fields, timeout=30)
    return answer.text, answer.headers["Cache-Status"].removeprefix("nginx; ")


@on_path
def test_a_fresh_answer_is_given_without_the_origin(real):
    real.says("max-age=60")
    assert [ask(real) for _ in range(2)] == [("hello", "fwd=uri-miss"), ("hello", "hit")]
    real.host.crash()
    assert ask(real) == ("hello", "hit")


@on_path
def test_what_is_for_one_client_is_asked_for_each_time(real):
    real.says("private, max-age=60")
    assert [ask(real)[1] for _ in range(2)] == ["fwd=uri-miss"] * 2


@on_path
def test_each_choice_that_vary_names_is_kept_by_itself(real):
    real.says("max-age=60", Vary="X-User")
    ask(real, **{"X-User": "ada"})
    real.says("max-age=60", "for bob", Vary="X-User")
    assert ask(real, **{"X-User": "bob"})[0] == "for bob"
    assert ask(real, **{"X-User": "ada"}) == ("hello", "hit")


@on_path
def test_a_stale_answer_is_asked_about_and_a_304_confirms_it(real):
    real.says("max-age=60", ETag='"v1"', X_Accel_Expires=LONG_AGO)
    ask(real)
    real.says("max-age=60", "", 304, ETag='"v1"')
    assert ask(real) == ("hello", "fwd=stale; fwd-status=304")
    assert real.asked[-1].headers["If-None-Match"] == '"v1"'


@on_path
def test_a_stale_answer_is_given_while_it_is_made_fresh_behind(real):
    real.says("max-age=60, stale-while-revalidate=2147483646", X_Accel_Expires=LONG_AGO)
    ask(real)
    real.says("max-age=60", "changed")
    assert ask(real) == ("hello", "hit; detail=stale")
    until(lambda: ask(real) == ("changed", "hit"))


@on_path
@pytest.mark.parametrize(("extension", "served"), [("", False), (", stale-if-error=2147483646", True)])
def test_a_stale_answer_covers_for_a_dead_origin_only_where_that_is_allowed(real, extension, served):
    real.says(f"max-age=60{extension}", X_Accel_Expires=LONG_AGO)
    ask(real)
    real.host.crash()
    body, how = ask(real)
    assert (body == "hello", how) == (served, "hit; detail=stale" if served else "fwd=stale")


@on_path
def test_nothing_of_it_is_left(front):
    edge = NginxEdge(f"http://127.0.0.1:{front.host.port}").start()
    folder, process = edge._folder, int((edge._folder / "nginx.pid").read_text())
    edge.close()
    edge.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@on_path
def test_an_nginx_that_does_not_start_says_why_and_leaves_nothing(front, monkeypatch):
    monkeypatch.setattr(module, "render", lambda *_: "nonsense;")
    before = set(Path("/tmp").glob("statewise-edge-*"))
    with pytest.raises(NginxFailed, match=r'cannot be the edge: .*unknown directive "nonsense" in .*\n  Install it'):
        NginxEdge(f"http://127.0.0.1:{front.host.port}").start()
    assert set(Path("/tmp").glob("statewise-edge-*")) <= before


def test_without_nginx_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NginxFailed, match=r"it is not on PATH\.\n  Install it \(Debian: apt install nginx-light"):
        NginxEdge("http://127.0.0.1:1")


def test_an_origin_that_is_no_address_is_refused():
    with pytest.raises(NoOrigin, match="it must be an address like"):
        NginxEdge("127.0.0.1:80")
