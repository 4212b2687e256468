"""Webhooks: a shop is told of paid orders, at least once each, and ships each of them once.

Whoever sends webhooks repeats each until it is acknowledged: an event whose acknowledgement was lost comes again.
Its `webhook-id` is the same each time (Standard Webhooks 1.0.0, "Webhook metadata"): that is what a receiver looks at.

>>> Cluster("webhooks", database="postgres")
>>> Cluster("minisvc.services.webhooks:ids_ignored")    # a lesson's bad practice, visible in the layout

Who sends is not checked here. A receiver that strangers can reach verifies each webhook's signature as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from minisvc.clock import wall
from minisvc.services.database import database, keeps_records
from minisvc.services.problems import Problem, answer_problem

HEADER = "webhook-id"
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")

tables = MetaData()
events = Table(
    "webhook_events",
    tables,
    Column("id", String(64), primary_key=True),
    # Seconds since 1970.
    Column("received_at", Float, nullable=False),
)
parcels = Table(
    "parcels",
    tables,
    Column("number", Integer, primary_key=True),
    Column("order", String(64), nullable=False, index=True),
)

Remember = Callable[[Connection, str], bool]
"""Notes an event's id in the transaction that it is given; False if it was known."""


@keeps_records
def create_app(instance: str) -> Flask:
    """The receiver as instance `instance` serves it.

    POST /webhooks with `webhook-id` and `{"type": "order.paid", "data": {"order": "o-17"}}` ships a parcel and answers
    200 with `{"id", "known": false, "instance"}`; an event that was received before changes nothing and is a 200 too,
    with `"known": true`, so that it is not sent again. Events of other types change nothing. GET /parcels/o-17 answers
    `{"order", "parcels": 1, "instance"}`.
    """
    return _receiver(instance, _in_database)


@keeps_records
def ids_ignored(instance: str) -> Flask:
    """BAD PRACTICE, for lessons: ids are not looked at, so that every delivery ships a parcel."""
    return _receiver(instance, lambda _connection, _id: True)


@keeps_records
def ids_in_memory(instance: str) -> Flask:
    """BAD PRACTICE, for lessons: each instance remembers what it saw itself, and none what another did."""
    seen: set[str] = set()

    def remember(_connection: Connection, event_id: str) -> bool:
        fresh = event_id not in seen
        seen.add(event_id)
        return fresh

    return _receiver(instance, remember)


def _in_database(connection: Connection, event_id: str) -> bool:
    # In the transaction of the effect, so that both are there or neither is. Of two at once the unique key lets in one;
    # the savepoint is what the other goes back to.
    try:
        with connection.begin_nested():
            connection.execute(insert(events).values(id=event_id, received_at=wall()))
    except IntegrityError:
        return False
    return True


def _receiver(instance: str, remember: Remember) -> Flask:
    app = Flask(__name__)

    @app.post("/webhooks")
    def webhook() -> dict[str, Any]:
        event_id, order = _event_id(), _order()
        with database(tables).begin() as connection:
            fresh = remember(connection, event_id)
            if fresh and order:
                connection.execute(insert(parcels).values(order=order))
        return {"id": event_id, "known": not fresh, "instance": instance}

    @app.get("/parcels/<order>")
    def shipped(order: str) -> dict[str, Any]:
        with database(tables).connect().execution_options(reads_only=True) as connection:
            count = connection.execute(select(func.count()).where(parcels.c.order == order)).scalar_one()
        return {"order": order, "parcels": count, "instance": instance}

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    _failures(app)
    return app


def _failures(app: Flask) -> None:
    @app.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        return answer_problem(problem)

    @app.errorhandler(SQLAlchemyError)
    def down(error: SQLAlchemyError) -> Response:
        current_app.logger.warning("the database: %s", error)
        why = "The database cannot be used. The event may have been received: send it again with the same webhook-id."
        return answer_problem(Problem(503, "database-down", "The database cannot be used", why))


def _event_id() -> str:
    sent = request.headers.get(HEADER, "")
    if not _WORD.fullmatch(sent):
        why = f"{HEADER} must be 1 to 64 letters, digits and _ -, the same each time an event is sent; here {sent!r}"
        raise Problem(400, "no-event", "That is no webhook", why)
    return sent


def _order() -> str | None:
    """The order that was paid; None for an event of another type."""
    body = request.get_json(silent=True)
    said: dict[str, Any] = body if isinstance(body, dict) else {}
    if said.get("type") != "order.paid":
        if isinstance(said.get("type"), str):
            return None
        raise Problem(400, "no-event", "That is no webhook", f"type is {said.get('type')!r}; it must be a text.")
    data = said.get("data")
    order = data.get("order") if isinstance(data, dict) else None
    if not isinstance(order, str) or not _WORD.fullmatch(order):
        why = f"data.order is {order!r}; it must be 1 to 64 letters, digits and _ -."
        raise Problem(400, "no-event", "That is no webhook", why)
    return order
