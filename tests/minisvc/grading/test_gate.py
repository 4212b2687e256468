"""A gate between an instance and its store: it stops a request between two commands."""

import socket
import threading

import pytest
import redis

from minisvc.grading import Check, Exercise, Failed, Trial
from minisvc.grading.gate import Gate
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission
from minisvc.stores.redis_server import open_store

TWO_WRITES = """
import os
import redis
from flask import Flask, jsonify

def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)

    @app.post("/move")
    def move():
        store.set("from", "nothing")
        store.set("to", "all")
        return jsonify(moved=True)

    @app.get("/")
    def look():
        return jsonify(found=store.mget("from", "to"))

    return app
"""


@pytest.fixture
def site(tmp_path):
    checks = (Check("moves", 1, "It moves.", lambda trial: None),)
    exercise = Exercise("mover", "t", "03", 1, 1, "Move.", ("one", "two", "three"), checks)
    submission = Submission("ada", "Ada", (Cell("answer", TWO_WRITES),))
    file = tmp_path / "mover" / "exercise.py"
    with Trial(exercise, submission, file) as trial, trial.open(2, store=True, gated=True) as site:
        yield site


@pytest.fixture
def store():
    found = open_store()
    yield found
    found.close()


def look(site):
    return site.visitor("ben").get("/", "b").field("found")


def test_an_instance_that_crashes_between_two_commands_has_done_the_first_alone(site):
    ana = site.visitor("ana")
    asked = site.gate.begin(lambda: ana.post("/move"), 1)
    assert not asked.done()
    assert site.gate.passed == ["SET"]
    site.crash("a")
    site.gate.cut()
    with pytest.raises(Failed, match="got no answer"):
        asked.result(5)
    assert look(site) == ["nothing", None]
    site.start("a")
    assert ana.post("/move").field("moved")


def test_an_instance_that_is_stopped_goes_on_when_the_gate_opens(site):
    asked = site.gate.begin(lambda: site.visitor("ana").post("/move"), 0)
    assert (asked.done(), look(site)) == (False, [None, None])
    site.gate.open()
    assert asked.result(5).field("moved")
    assert look(site) == ["nothing", "all"]


def test_a_request_that_needs_no_more_commands_is_done_when_it_begins(site):
    asked = site.gate.begin(lambda: site.visitor("ana").post("/move"), 2)
    assert asked.done()
    assert site.gate.passed == ["SET", "SET"]


def test_a_gate_stops_inside_of_a_pipeline_and_carries_what_is_large(store):
    gate = Gate(store.url)
    client = redis.Redis.from_url(gate.url)
    large = b"x" * 3_000_000
    client.set("large", large)
    assert client.get("large") == large
    asked = gate.begin(lambda: client.pipeline(transaction=False).set("one", 1).set("two", 2).execute(), 1)
    with redis.Redis.from_url(store.url) as other:
        assert other.mget("one", "two") == [b"1", None]
    gate.open()
    assert asked.result(5) == [True, True]
    client.close()
    gate.close()


def test_a_closed_gate_leaves_nothing_behind(store):
    before = set(threading.enumerate())
    gate = Gate(store.url)
    client = redis.Redis.from_url(gate.url, retry=None)
    asked = gate.begin(client.ping, 0)
    assert not asked.done()
    gate.close()
    with pytest.raises(redis.ConnectionError):
        asked.result(5)
    client.close()
    assert set(threading.enumerate()) == before


def test_who_speaks_another_language_is_left_and_a_store_that_is_down_looks_so(store):
    gate = Gate(store.url)
    with socket.create_connection(("127.0.0.1", int(gate.url.rpartition(":")[2].partition("/")[0]))) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
        link.settimeout(5)
        assert link.recv(100) == b""
    store.crash()
    with redis.Redis.from_url(gate.url, retry=None) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    gate.close()
