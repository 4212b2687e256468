"""What an answer says of itself: how long it is fresh, who may be given it, and when it may be stale."""

import pytest
from werkzeug.datastructures import Headers

from minisvc.edge.answer import MOST_BODY_BYTES, Answer
from minisvc.edge.directives import FOREVER_S, directives, seconds

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def answer(control: str = "", status: int = 200, body: bytes = b"", **fields: str) -> Answer:
    named = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return Answer(status, Headers([("Cache-Control", control), *named]), body, came_s=100.0, took_s=2.0)


def test_directives_are_read_without_regard_to_case_and_the_first_counts():
    said = directives(['Max-Age="5", private="x, y"', "max-age=9, no-store"])
    assert said == {"max-age": "5", "private": "x, y", "no-store": ""}


@pytest.mark.parametrize(
    ("value", "meant"), [("5", 5), ("", 0), ("abc", 0), ("-1", 0), ("1.5", 0), ("9" * 30, FOREVER_S)]
)
def test_seconds_that_are_no_whole_number_are_none_at_all(value, meant):
    assert seconds({"max-age": value}, "max-age") == meant
    assert seconds({}, "max-age") is None


@pytest.mark.parametrize(
    ("control", "fields", "fresh_s"),
    [
        ("max-age=60", {}, 60),
        ("max-age=60, s-maxage=5", {}, 5),
        ("max-age=0, s-maxage=5", {}, 5),
        ("", {"Date": DATE, "Expires": "Sun, 06 Nov 1994 08:50:37 GMT"}, 60),
        ("max-age=5", {"Date": DATE, "Expires": "Sun, 06 Nov 1994 08:50:37 GMT"}, 5),
        ("", {"Date": DATE, "Expires": "0"}, 0),
        ("", {"Date": DATE, "Last_Modified": "Sun, 06 Nov 1904 08:49:37 GMT"}, 0),
    ],
)
def test_freshness_is_what_the_origin_says_and_never_guessed(control, fields, fresh_s):
    assert answer(control, **fields).fresh_for_s == fresh_s


def test_its_age_is_what_others_kept_it_what_it_took_and_how_long_it_is_here():
    assert answer("max-age=60", Age="10").age_s(105.0) == 10 + 2 + 5
    assert answer("max-age=60", Age="soon").age_s(105.0) == 7
    assert answer("max-age=60", Age="10").left_s(105.0) == 43


@pytest.mark.parametrize(
    ("control", "fields", "stored"),
    [
        ("max-age=60", {}, True),
        ("max-age=0", {"ETag": '"1"'}, True),
        ("", {}, False),
        ("max-age=60, no-store", {}, False),
        ("max-age=60, private", {}, False),
        ("max-age=60, no-cache", {}, False),
        ("max-age=60", {"Set_Cookie": "session=1"}, False),
        ("max-age=60", {"Vary": "Accept, *"}, False),
        ("max-age=60", {"status": 404}, True),
        ("max-age=60", {"status": 206}, False),
        ("max-age=60", {"status": 500}, False),
        ("max-age=60", {"body": b"x" * (MOST_BODY_BYTES + 1)}, False),
    ],
)
def test_only_what_others_may_have_is_stored(control, fields, stored):
    assert answer(control, **fields).may_be_stored(authorized=False) is stored


@pytest.mark.parametrize(
    ("control", "stored"),
    [("max-age=60", False), ("public, max-age=60", True), ("s-maxage=60", True), ("max-age=60, must-revalidate", True)],
)
def test_what_somebody_was_authorized_to_is_stored_only_if_it_says_so(control, stored):
    assert answer(control).may_be_stored(authorized=True) is stored


@pytest.mark.parametrize("extension", ["stale-while-revalidate", "stale-if-error"])
def test_a_stale_answer_may_be_given_as_long_as_its_extension_says(extension):
    said = answer(f"max-age=60, {extension}=30")
    # It took two seconds, so it is stale from 158 on.
    assert [said.may_be_stale(extension, now_s) for now_s in (158.0, 187.9, 188.0)] == [True, True, False]
    assert not answer("max-age=60").may_be_stale(extension, 158.0)


@pytest.mark.parametrize("forbidding", ["must-revalidate", "proxy-revalidate", "s-maxage=60", "no-cache"])
def test_what_forbids_stale_answers_wins(forbidding):
    said = answer(f"max-age=60, stale-if-error=30, {forbidding}")
    assert not said.may_be_stale("stale-if-error", 160.0)


def test_a_confirmed_answer_has_the_fields_of_what_confirmed_it_and_its_own_body():
    old = answer("max-age=60", body=b"hello", Age="50", ETag='"1"', Content_Type="text/plain")
    confirmed = Answer(304, Headers([("Cache-Control", "max-age=5"), ("ETag", '"1"')]), b"", came_s=200.0)
    fresh = old.freshened(confirmed)
    assert (fresh.status, fresh.body, fresh.fields["Content-Type"]) == (200, b"hello", "text/plain")
    assert (fresh.fresh_for_s, fresh.age_s(201.0)) == (5, 1)
