"""Sessions as rows: they can be listed, revoked, and do not pile up."""

from collections.abc import Iterator

import pytest
from flask import Flask, session
from sqlalchemy import func, select

from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keyvalue.sql import SqlKeyValue, entries
from minisvc.layout import Service
from minisvc.sql import open_engine
from minisvc.state import build
from minisvc.state.rows import Rows
from tests.minisvc.programs import DATABASES


@pytest.fixture(params=DATABASES)
def mechanism(request) -> Iterator[Rows]:
    mechanism = build(Service(state=request.param))
    yield mechanism
    mechanism.close()


def test_a_user_is_logged_out_everywhere_and_nobody_else_is(mechanism):
    app, fence = Flask("a"), Fence("a")
    mechanism.install(app, "a", fence)

    @app.post("/<user>")
    def login(user: str) -> dict:
        session["user"] = user
        return {}

    @app.get("/")
    def who() -> dict:
        return {"user": session.get("user")}

    laptop, phone, other = (app.test_client() for _ in range(3))
    for client, user in ((laptop, "ada"), (phone, "ada"), (other, "bob")):
        client.post(f"/{user}")
    assert sorted(held.session["user"] for held in mechanism.held()) == ["ada", "ada", "bob"]
    assert mechanism.revoke("ada") == 2
    assert [client.get("/").json["user"] for client in (laptop, phone, other)] == [None, None, "bob"]
    assert mechanism.revoke("ada") == 0
    fence.close()


def test_rows_that_are_over_go_when_somebody_writes(mechanism):
    clock, engine = FakeClock(1000.0), open_engine(mechanism.store.url)
    values: SqlKeyValue = type(mechanism.reader)(engine, "old:", clock)
    for number in range(5):
        values.put(f"k{number}", b"v", ttl_s=30.0)
    clock.advance(60)
    values.put("new", b"v", ttl_s=30.0)
    with engine.begin() as connection:
        rows = connection.execute(select(func.count()).where(entries.c.prefix == "old:")).scalar_one()
    assert rows == 1
    values.close()
