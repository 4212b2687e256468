"""The lab's balancer in front of a submission."""

import threading

import pytest

from minisvc.grading import Check, Exercise, Trial
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission

ILL_UNTIL_CURED = """
from flask import Flask, jsonify

def create_app(instance):
    app = Flask(__name__)
    well = [instance != "b"]

    @app.post("/cure")
    def cure():
        well[0] = True
        return jsonify(well=True)

    @app.get("/healthz")
    def healthz():
        return jsonify(well=well[0]), 200 if well[0] else 503

    @app.get("/")
    def who():
        return jsonify(by=instance), 200 if well[0] else 500

    return app
"""


@pytest.fixture
def site(tmp_path):
    checks = (Check("serves", 1, "It serves.", lambda trial: None),)
    exercise = Exercise("ward", "t", "03", 1, 1, "Serve.", ("one", "two", "three"), checks)
    submission = Submission("ada", "Ada", (Cell("answer", ILL_UNTIL_CURED),))
    with Trial(exercise, submission, tmp_path / "ward" / "exercise.py") as trial, trial.open(3) as site:
        yield site


def test_who_is_ill_is_asked_until_the_balancer_looks_and_again_when_it_is_found_well(site):
    with site.front() as front:
        answers, by = front.ask("/", 6)
        assert [each.status for each in answers].count(500) == 2
        assert by == {"a": 2, "b": 2, "c": 2}
        assert front.look() == {"a": True, "b": False, "c": True}
        answers, by = front.ask("/", 6)
        assert {each.status for each in answers} == {200}
        assert by == {"a": 3, "c": 3}
        site.visitor("doctor").post("/cure", "b").need_status(200)
        assert front.look()["b"]
        assert front.ask("/", 6)[1]["b"] == 2


def test_where_nobody_is_well_the_balancer_says_so_and_it_leaves_no_thread(site):
    before = set(threading.enumerate())
    with site.front() as front:
        for name in "abc":
            site.crash(name)
        assert front.look() == dict.fromkeys("abc", False)
        answers, by = front.ask("/", 1)
        assert answers[0].asked == "GET / at the balancer"
        assert (answers[0].status, by) == (503, {"nobody": 1})
    assert set(threading.enumerate()) == before
