"""What a check is given to ask with, and the reasons that it has by itself."""

import pytest

from minisvc.grading import Answer, Check, Exercise, Failed, Trial
from minisvc.grading.sandbox import Cell
from minisvc.grading.trial import Submission


def answer(status: int, text: str = "", data: object = None) -> Answer:
    return Answer("GET /x at a", status, data, text, {}, 0.0)


def test_another_status_than_wanted_is_a_reason_that_says_which_and_when():
    with pytest.raises(Failed) as failed:
        answer(500).need_status(200, 201, when="while the store was up")
    assert str(failed.value) == "GET /x at a was answered 500 while the store was up; 200 or 201 is wanted."
    with pytest.raises(Failed, match=r"answered 200; 404 is wanted\.$"):
        answer(200).need_status(404)


def test_the_wanted_status_gives_the_answer_back():
    given = answer(201)
    assert given.need_status(201) is given


def test_a_page_in_a_reason_is_told_by_its_title_and_other_text_as_far_as_it_fits():
    with pytest.raises(Failed) as failed:
        answer(500, "<!doctype html>\n<html lang=en>\n<title>500 Internal\nServer Error</title>\n<h1>Oh</h1>").field(
            "x"
        )
    assert str(failed.value) == "GET /x at a was answered 500: 500 Internal Server Error"
    assert answer(200, "a text, <title>no page</title>").shown == "a text, <title>no page</title>"
    assert answer(200, "a " * 200).shown == "a " * 100 + " ..."


SETS_COOKIES = """
from flask import Flask, jsonify, request

def create_app(instance):
    app = Flask(__name__)

    @app.post("/<int:size>")
    def give(size):
        response = jsonify()
        response.set_cookie("__Host-c", "x" * size, secure=True, httponly=True, samesite="Lax")
        return response

    @app.get("/")
    def sent():
        return jsonify(size=len(request.cookies.get("__Host-c", "")))

    return app
"""


def test_a_visitor_keeps_secure_cookies_on_loopback_and_drops_large_ones_as_browsers_do(tmp_path):
    exercise = Exercise("e", "t", "06", 1, 5, "o", ("", "", ""), (Check("c", 1, "", lambda trial: None),))
    submission = Submission("ana.ipynb", "Ana", (Cell("answer", SETS_COOKIES),))
    with Trial(exercise, submission, tmp_path / "exercise.py") as trial, trial.open() as site:
        visitor = site.visitor("ana")
        visitor.post("/4088")
        assert visitor.get("/").field("size") == 4088
        visitor.post("/4089")
        assert visitor.get("/").field("size") == 4088
        assert [*visitor.cookies] == ["__Host-c"]


def test_a_field_that_must_be_a_whole_number_is_no_text_and_no_truth():
    assert answer(200, data={"left": 3}).whole("left") == 3
    for other, shown in (("3", "'3'"), (True, "True"), (3.0, "3.0"), (None, "None")):
        with pytest.raises(Failed) as failed:
            answer(200, data={"left": other}).whole("left")
        assert str(failed.value) == f'GET /x at a was answered "left": {shown}; a whole number is wanted.'


RAISES = """
from flask import Flask

def create_app(instance):
    app = Flask(__name__)

    @app.get("/<int:number>")
    def fail(number):
        return 1 // 0 if number else {}.missing

    return app
"""


def test_a_500_says_what_the_service_raised_and_where(tmp_path):
    exercise = Exercise("e", "t", "06", 1, 5, "o", ("", "", ""), (Check("c", 1, "", lambda trial: None),))
    submission = Submission("ana.ipynb", "Ana", (Cell("answer", RAISES),))
    with Trial(exercise, submission, tmp_path / "exercise.py") as trial, trial.open() as site:
        visitor = site.visitor("ana")
        with pytest.raises(Failed) as failed:
            visitor.get("/1").need_status(200)
        assert str(failed.value) == (
            "GET /1 at a was answered 500; 200 is wanted. "
            "The service raised ZeroDivisionError: integer division or modulo by zero (line 9)."
        )
        with pytest.raises(Failed, match=r"answered 500: AttributeError: 'dict' object has no attribute 'missing' \("):
            visitor.get("/0").field("x")
        assert visitor.get("/1").raised.startswith("ZeroDivisionError")
        assert visitor.get("/nowhere").raised == ""
