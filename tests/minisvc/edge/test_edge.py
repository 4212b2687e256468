"""The edge on real sockets: what it gives by itself, and what it asks of the origin."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from werkzeug.wrappers import Response

from minisvc.edge import Edge, NoOrigin
from tests.minisvc.conditions import until


def test_a_fresh_answer_is_given_without_the_origin_and_tells_its_age(front):
    assert front.how() == "fwd=uri-miss; fwd-status=200; stored"
    front.clock.advance(59)
    again = front.ask()
    assert (again.text, again.headers["Age"], again.headers["Cache-Status"]) == (
        "hello",
        "59",
        "statewise-edge; hit; ttl=1",
    )
    assert len(front.asked) == 1


def test_another_path_query_or_host_is_another_answer(front):
    assert [front.how(path) for path in ("/a", "/b", "/a?x=1", "/a?x=2")] == [
        "fwd=uri-miss; fwd-status=200; stored"
    ] * 4
    assert front.how(Host="elsewhere.example").startswith("fwd=uri-miss")
    assert front.asked[-1].host == "elsewhere.example"


def test_a_stale_answer_is_asked_about_and_a_304_makes_it_fresh_again(front):
    front.says("max-age=60", ETag='"v1"')
    front.ask()
    front.clock.advance(61)
    front.says("max-age=60", "", 304, ETag='"v1"')
    confirmed = front.ask()
    assert (confirmed.status_code, confirmed.text) == (200, "hello")
    assert front.asked[-1].headers["If-None-Match"] == '"v1"'
    assert confirmed.headers["Cache-Status"] == "statewise-edge; fwd=stale; fwd-status=304; stored; ttl=60"
    assert front.how() == "hit; ttl=60"


def test_a_stale_answer_that_changed_is_replaced(front):
    front.ask()
    front.clock.advance(61)
    front.says("max-age=60", "changed")
    assert front.ask().text == "changed"
    assert front.how() == "hit; ttl=60"


def test_each_choice_that_vary_names_is_kept_by_itself(front):
    front.answer = lambda request: Response(
        request.headers.get("X-User", "nobody"), headers={"Cache-Control": "max-age=60", "Vary": "X-User"}
    )
    assert [front.ask(X_User=user).text for user in ("ada", "bob", "ada", "bob")] == ["ada", "bob", "ada", "bob"]
    assert front.ask().text == "nobody"
    assert len(front.asked) == 3
    assert front.how(X_User="eve") == "fwd=vary-miss; fwd-status=200; stored"


def test_an_answer_that_forgets_vary_is_given_to_everybody(front):
    front.answer = lambda request: Response(request.headers["X-User"], headers={"Cache-Control": "max-age=60"})
    assert [front.ask(X_User=user).text for user in ("ada", "bob")] == ["ada", "ada"]


def test_what_is_for_one_client_is_asked_for_each_time(front):
    for control in ("private, max-age=60", "no-store", ""):
        front.says(control)
        assert [front.how(f"/{control}") for _ in range(2)] == ["fwd=uri-miss; fwd-status=200"] * 2


def test_a_write_goes_to_the_origin_and_makes_the_edge_forget(front):
    front.ask()
    written = front.ask(method="POST")
    assert written.headers["Cache-Status"] == "statewise-edge; fwd=method; fwd-status=200"
    assert front.how() == "fwd=uri-miss; fwd-status=200; stored"
    front.says("", status=403)
    front.ask(method="DELETE")
    assert front.how() == "hit; ttl=60"


def test_a_body_and_fields_reach_the_origin_and_those_of_the_connection_do_not(front):
    fields = {"Connection": "X-Mine", "X-Mine": "1", "X-Yours": "2", "X-Forwarded-For": "10.0.0.1"}
    requests.post(f"{front.edge.url}/a?b=c", data=b"body", headers=fields, timeout=30)
    (seen,) = front.asked
    assert (seen.method, seen.full_path, seen.get_data()) == ("POST", "/a?b=c", b"body")
    assert "X-Mine" not in seen.headers
    assert (seen.headers["X-Yours"], seen.headers["X-Forwarded-For"]) == ("2", "10.0.0.1, 127.0.0.1")
    assert seen.headers["Via"] == "1.1 statewise-edge"


def test_a_part_is_asked_of_the_origin(front):
    front.ask()
    assert front.how(Range="bytes=0-1") == "fwd=bypass; fwd-status=200"


def test_a_head_is_answered_from_what_a_get_would_be_and_the_other_way_round(front):
    head = front.ask(method="HEAD")
    assert (head.text, head.headers["Content-Length"]) == ("", "5")
    assert [each.method for each in front.asked] == ["GET"]
    assert front.ask().headers["Cache-Status"] == "statewise-edge; hit; ttl=60"


def test_a_client_that_has_it_is_told_so_by_the_edge(front):
    front.says("max-age=60", ETag='"v1"')
    first = front.ask(If_None_Match='"v1"')
    # Nothing was on the shelf: the origin was asked for all of it.
    assert (first.status_code, "If-None-Match" in front.asked[0].headers) == (304, False)
    again = front.ask(If_None_Match='"v1"')
    assert (again.status_code, again.text, len(front.asked)) == (304, "", 1)
    assert front.ask(If_None_Match='"v2"').text == "hello"


def test_a_stale_answer_is_given_at_once_while_one_request_makes_it_fresh(front):
    front.says("max-age=60, stale-while-revalidate=30")
    front.ask()
    front.clock.advance(61)
    go_on = threading.Event()

    def changed(_request) -> Response:
        go_on.wait(10)
        return Response("changed", headers={"Cache-Control": "max-age=60"})

    front.answer = changed
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: front.ask(), range(4)))
    assert [(each.text, each.headers["Cache-Status"]) for each in found] == [
        ("hello", "statewise-edge; hit; ttl=-1"),
    ] * 4
    until(lambda: len(front.asked) == 2)
    go_on.set()
    front.edge.settle()
    assert (front.ask().text, len(front.asked)) == ("changed", 2)


def test_past_its_window_a_stale_answer_is_waited_for(front):
    front.says("max-age=60, stale-while-revalidate=30")
    front.ask()
    front.clock.advance(90)
    front.says("max-age=60", "changed")
    assert front.ask().text == "changed"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_is_covered_by_a_stale_answer_where_that_is_allowed(front, status):
    front.says("max-age=60, stale-if-error=30")
    front.ask()
    front.clock.advance(61)
    front.says("", "broken", status)
    covered = front.ask()
    assert (covered.status_code, covered.text, covered.headers["Age"]) == (200, "hello", "61")
    said = f"statewise-edge; fwd=stale; fwd-status={status}; detail=stale-if-error; ttl=-1"
    assert covered.headers["Cache-Status"] == said
    front.clock.advance(30)
    assert (front.ask().status_code, front.ask().text) == (status, "broken")


@pytest.mark.parametrize(
    ("control", "served"),
    [
        ("max-age=60", False),
        ("max-age=60, stale-if-error=30", True),
        ("max-age=60, stale-while-revalidate=30", True),
        ("max-age=60, stale-if-error=30, must-revalidate", False),
    ],
)
def test_without_its_origin_it_gives_what_is_fresh_and_of_the_stale_what_is_allowed(front, control, served):
    front.says(control)
    front.ask()
    front.host.crash()
    assert front.how() == "hit; ttl=60"
    front.clock.advance(61)
    found = front.ask()
    assert found.status_code == (200 if served else 502)
    if not served:
        assert found.json()["reason"].startswith(f"The origin http://127.0.0.1:{front.host.port} cannot be reached: ")
        assert found.headers["Cache-Status"] == "statewise-edge; fwd=stale; detail=unreachable"


def test_a_refresh_that_fails_leaves_the_stale_answer_and_the_next_one_tries_again(front):
    front.says("max-age=60, stale-while-revalidate=600")
    front.ask()
    front.host.crash()
    front.clock.advance(61)
    for _ in range(2):
        assert front.how() == "hit; ttl=-1"
        front.edge.settle()
    front.host.start()
    front.says("max-age=60", "changed")
    front.ask()
    front.edge.settle()
    assert front.ask().text == "changed"


def test_what_was_purged_is_asked_for_again(front):
    front.ask()
    front.edge.purge()
    assert front.how() == "fwd=uri-miss; fwd-status=200; stored"


@pytest.mark.parametrize("address", ["", "127.0.0.1:80", "https://example.org", None])
def test_an_origin_that_is_no_address_is_refused_with_what_is_allowed(address):
    with pytest.raises(NoOrigin, match=r"must be an address like http://127\.0\.0\.1:8000\.") as caught:
        Edge(address)
    assert caught.value.address == address
