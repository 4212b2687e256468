from flask import Flask, request, session

from minisvc.course import check, new_service
from minisvc.course.progress import Progress


def by_query(instance: str) -> Flask:
    app = new_service(instance)
    app.get("/visit")(lambda: {"visits": int(request.args.get("visits", 0)) + 1})
    return app


def by_session(instance: str) -> Flask:
    app = new_service(instance)
    app.before_request(lambda: session.update(visits=session.get("visits", 0) + 1))
    app.get("/visit")(lambda: {"visits": session["visits"]})
    return app


together = iter(range(1, 1000))


def by_global(instance: str) -> Flask:
    app = new_service(instance)
    app.get("/visit")(lambda: {"visits": next(together)})
    return app


def test_what_the_visitor_sends_back_survives(kept: Progress) -> None:
    assert check("visits-survive", by_query).passed
    assert [*kept.done()] == ["visits-survive"]


def test_what_a_session_carries_survives() -> None:
    assert check("visits-survive", by_session).passed


def test_one_counter_for_all_is_found_out_by_the_next_visitor() -> None:
    rows = check("visits-survive", by_global).rows
    assert [row.holds for row in rows] == [True, False, False]
    assert "somebody else's visits are in it" in rows[2].reason
