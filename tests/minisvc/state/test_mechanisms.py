"""One contract for every place where state may live, embedded and real. Rows are in `kinds.py`."""

import json
import pickle
import random

import pytest
from flask import Flask, session

from minisvc.fence import Fence
from minisvc.layout import STATES
from minisvc.state import furnish
from tests.minisvc.state.kinds import KINDS


def test_every_state_is_held_to_the_contract():
    assert {kind.state for kind in KINDS} == set(STATES)


def test_a_session_comes_back(bench):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    client.add("bread")
    assert client.items == ["apples", "bread"]


def test_two_clients_do_not_share_a_session(bench):
    app = bench.instance("a")
    bench.client(app).add("apples")
    assert bench.client(app).items == []


def test_another_instance_sees_the_session_only_where_state_is_not_its_own(bench, kind):
    first = bench.client(bench.instance("a"))
    second = bench.instance("b")
    first.add("apples")
    assert first.at(second).items == (["apples"] if kind.shared else [])


def test_an_instance_that_comes_later_sees_it_too(bench, kind):
    first = bench.client(bench.instance("a"))
    first.add("apples")
    assert first.at(bench.instance("b")).items == (["apples"] if kind.shared else [])


def test_a_restarted_instance_has_its_sessions_only_where_others_hold_them(bench, kind):
    client = bench.client(bench.instance("a"))
    bench.instance("b")
    client.add("apples")
    assert client.at(bench.instance("a")).items == (["apples"] if kind.shared else [])


def test_reading_writes_nothing(bench):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    key = client.key
    assert "Set-Cookie" not in client.get().headers
    assert client.key == key


@pytest.mark.parametrize("note", ["", 0, False, [], {"of": {"what": [1, 2.5, None]}}, "Grüße 🍏 日本 \u0000\\\"'"])
def test_what_is_put_in_comes_out_in_any_language(bench, note):
    client = bench.client(bench.instance("a"))
    assert client.get().json["note"] == "absent"
    client.ask("PUT", "/note", json=note)
    assert client.get().json["note"] == note


def test_none_is_a_value_and_absent_is_none(bench):
    client = bench.client(bench.instance("a"))
    client.ask("PUT", "/note", data="null", content_type="application/json")
    assert client.get().json["note"] is None
    assert bench.client(bench.instance("b")).get().json["note"] == "absent"


def test_a_cleared_session_is_gone_and_so_is_what_led_to_it(bench):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    client.ask("DELETE", "/")
    assert client.key in {None, "{}"}
    assert bench.mechanism.held([client.key or ""]) == []


def test_it_tells_where_each_session_is_held(bench, kind):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    (held,) = bench.mechanism.held([client.key])
    assert (held.place, held.cookie, held.session["items"]) == (kind.place, client.key, ["apples"])


def test_a_fenced_instance_changes_nothing_any_more(bench, kind):
    client, other = bench.client(bench.instance("a")), bench.instance("b")
    client.add("apples")
    key = client.key
    bench.fences["a"].close()
    assert client.add("bread").status_code == kind.fenced
    client.present(key)
    assert client.at(other).items == (["apples"] if kind.shared else [])


def test_an_instance_needs_nothing_but_terms_that_can_travel(bench, kind):
    bench.mechanism.clock = int
    bench.mechanism.watch("a", dict)
    terms = pickle.loads(pickle.dumps(bench.mechanism.terms("a")))
    assert terms == bench.mechanism.terms("a")
    app, bench.fences["a"] = Flask("a"), Fence("a")
    probe = furnish(terms, app, bench.fences["a"])

    @app.get("/")
    def add() -> dict:
        session["items"] = ["apples"]
        return {}

    client = bench.client(app)
    client.get()
    assert [found["items"] for found in probe().values()] == ([["apples"]] if kind.place == "a" else [])


def test_terms_do_not_show_their_secrets(bench):
    terms = bench.mechanism.terms("a")
    assert not terms.key or str(terms.key) not in repr(terms)
    assert not terms.store_url or terms.store_url not in repr(terms)


def test_what_is_too_large_is_told_and_what_was_kept_stays(bench, kind):
    client, chance = bench.client(bench.instance("a")), random.Random(1)
    # Not all alike, for some seals compress.
    items = ["".join(chr(chance.randrange(0x400, 0x500)) for _ in range(40)) for _ in range(100)]
    for item in items:
        before, answer = client.key, client.add(item)
        if answer.status_code != 200:
            break
    if kind.most_bytes is None:
        assert client.items == items
        return
    assert answer.status_code == 413
    assert f"at most {kind.most_bytes:,}" in json.loads(answer.data)["error"]
    assert client.key == before
    kept = client.items
    assert kept == items[: len(kept)]
    assert len(f"session{before}" if kind.carried == "cookie" else before) <= kind.most_bytes
