"""What a submission asks outside of itself: scripted, counted, held back, lost, and gone."""

import concurrent.futures

import pytest
import requests

from minisvc.grading import Asked, Exercise, Outside, Reply, Trial
from minisvc.grading.exercise import Check
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission

BRANCH = """
import os
import requests
from flask import Flask

def create_app(instance):
    app = Flask(__name__)

    @app.get("/<which>")
    def ask(which):
        return requests.get(os.environ[which], timeout=2).json()

    return app
"""


def ask(url, **options):
    with requests.Session() as link:
        link.trust_env = False
        return link.post(f"{url}/transfers", timeout=5, **options)


def test_it_answers_as_the_check_says_and_tells_what_it_was_asked():
    with Outside(lambda asked: Reply(201, {"for": asked.data}, {"Retry-After": "3"})) as bank:
        answer = ask(bank.url, json="apples", headers={"X-User": "ana"})
        (asked,) = bank.asked
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (201, {"for": "apples"}, "3")
    assert (asked.method, asked.path, asked.data, asked.headers["x-user"]) == ("POST", "/transfers", "apples", "ana")


def test_what_is_held_is_counted_and_answered_when_that_ends():
    with Outside(lambda _asked: Reply(200, {})) as bank, concurrent.futures.ThreadPoolExecutor() as pool:
        with bank.holding():
            under_way = pool.submit(ask, bank.url)
            assert bank.wait_for(1, within_s=5)
            assert not under_way.done()
            assert not bank.wait_for(2, within_s=0)
        assert under_way.result().status_code == 200


def test_a_lost_answer_is_a_reset_after_the_work_was_done():
    done = []

    def answer(asked: Asked) -> Reply:
        done.append(asked.path)
        return Reply(200, {}, lost=True)

    with Outside(answer) as bank, pytest.raises(requests.ConnectionError):
        ask(bank.url)
    assert done == ["/transfers"]


def test_once_crashed_it_refuses_until_it_is_restarted():
    with Outside(lambda _asked: Reply(200, {})) as bank:
        bank.crash()
        with pytest.raises(requests.ConnectionError):
            ask(bank.url)
        bank.restart()
        assert ask(bank.url).status_code == 200


def test_a_submission_reaches_what_a_variable_ending_in_url_names_and_nothing_else(tmp_path):
    exercise = Exercise("e", "t", "07", 1, 5, "o", ("", "", ""), (Check("c", 1, "", lambda trial: None),))
    submission = Submission("ana.ipynb", "Ana", (Cell("answer", BRANCH),))
    with (
        Outside(lambda _asked: Reply(200, {"paid": 5})) as bank,
        Outside(lambda _asked: Reply(200, {"paid": 6})) as other,
        Trial(exercise, submission, tmp_path / "exercise.py") as trial,
        trial.open(BANK_URL=bank.url, OTHER=other.url) as site,
    ):
        visitor = site.visitor("ana")
        assert visitor.get("/BANK_URL").field("paid") == 5
        assert visitor.get("/OTHER").status == 500
    assert other.asked == []
    assert any("connect to 127.0.0.1" in each for each in trial.refused)
