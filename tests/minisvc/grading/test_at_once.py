"""Clients at one moment, and a slow store in which they are sure to meet."""

import threading

import pytest

from minisvc.grading import Check, Exercise, Failed, Trial, at_once, comes_true
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission

DELAY_S = 0.05
TALLY = """
import os
import redis
from flask import Flask, jsonify

def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"])

    @app.post("/careless")
    def careless():
        store.set("count", int(store.get("count") or 0) + 1)
        return jsonify(count=int(store.get("count")))

    @app.post("/atomic")
    def atomic():
        return jsonify(count=store.incr("count"))

    return app
"""


@pytest.fixture
def trial(tmp_path):
    checks = (Check("counts", 1, "It counts.", lambda trial: None),)
    exercise = Exercise("tally", "t", "04", 1, 1, "Count.", ("one", "two", "three"), checks)
    file = tmp_path / "tally" / "exercise.py"
    with Trial(exercise, Submission("ada", "Ada", (Cell("answer", TALLY),)), file) as trial:
        yield trial


def test_all_ask_before_any_has_its_answer_and_get_theirs_in_order():
    everybody = threading.Barrier(6)

    def ask(number):
        everybody.wait(timeout=5)
        return number

    assert at_once([lambda number=number: ask(number) for number in range(6)]) == list(range(6))


def test_the_first_reason_is_raised_after_all_are_done():
    done = []

    def fail(number):
        done.append(number)
        raise Failed(f"client {number} waited in vain")

    with pytest.raises(Failed, match="client 0 waited"):
        at_once([lambda number=number: fail(number) for number in range(4)])
    assert sorted(done) == [0, 1, 2, 3]


def test_what_comes_true_is_waited_for_and_what_never_does_is_not_for_ever():
    left = iter([False, False, True])
    assert comes_true(lambda: next(left), within_s=5)
    assert next(left, "all asked") == "all asked"
    assert not comes_true(lambda: False, within_s=0)


@pytest.mark.parametrize(("path", "loses"), [("/careless", True), ("/atomic", False)])
def test_in_a_slow_store_a_careless_update_is_sure_to_be_lost_and_an_atomic_one_is_not(trial, path, loses):
    with trial.open(2, store=True, store_delay_s=DELAY_S) as site:
        clients = [site.visitor(f"c{number}") for number in range(6)]
        answers = at_once(
            [lambda each=each, at=at: each.post(path, at) for each, at in zip(clients, "ababab", strict=True)]
        )
    assert (max(each.field("count") for each in answers) < len(clients)) is loses
    assert min(each.took_s for each in answers) >= DELAY_S
