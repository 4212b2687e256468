"""Payments: each charge once, however often its request is sent.

POST /charges wants an `Idempotency-Key` (`minisvc.services.idempotency`), and so does POST /charges/<id>/refund. Faults
are problem details (RFC 9457). Who pays is named in `X-User`: there is no login here.

>>> Cluster("payments", database="postgres")
>>> Cluster("minisvc.services.payments:keys_ignored")    # a lesson's bad practice, visible in the layout
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from minisvc.clock import wall
from minisvc.services import idempotency_keys
from minisvc.services.charges import Charge, Charges, NoSuchCharge, RefundedAlready, tables
from minisvc.services.database import database, keeps_records
from minisvc.services.idempotency import Asked, Effect, Habits, Keys, Outcome, fingerprint
from minisvc.services.idempotency_keys import HEADER, REPLAYED, KeyProblem, read_key
from minisvc.services.problems import Problem, answer_problem

MOST_CENTS = 1_000_000
LONGEST_TEXT = 100
USUAL = Habits()
_USER = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@keeps_records
def create_app(instance: str, *, habits: Habits = USUAL) -> Flask:
    """Payments as instance `instance` serves them.

    POST /charges with `{"amount_cents": 250, "for": "apples"}` charges the user and answers 201 with the charge; sent
    again with the same key it answers the same, marked by `Idempotent-Replayed: true`. POST /charges/<id>/refund gives
    it back. GET /charges answers `{"charges": [...], "balance_cents": 250, "instance": name}`: what the user has paid
    and not got back. For habits of your own, call this in a function of yours that `keeps_records` marks.
    """
    app = Flask(__name__)
    # A body is given again as it was sent, so its fields have one order.
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    _routes(app, instance, habits)
    _failures(app)
    return app


@keeps_records
def keys_ignored(instance: str) -> Flask:
    """BAD PRACTICE, for lessons: keys are asked for and not looked at, so that every retry charges again."""
    return create_app(instance, habits=Habits(keys="ignored"))


@keeps_records
def keys_apart(instance: str) -> Flask:
    """BAD PRACTICE, for lessons: a key is recorded after its charge was committed. A crash in between charges twice."""
    return create_app(instance, habits=Habits(keys="apart"))


def _routes(app: Flask, instance: str, habits: Habits) -> None:
    @app.post("/charges")
    def charge() -> Response:
        user, (amount_cents, text) = _user(), _wanted()

        def effect(connection: Any) -> Outcome:
            made = Charges(connection).add(user, amount_cents, text, _clock()())
            return _outcome(201, made, instance)

        return _once(habits, user, effect)

    @app.post("/charges/<int:number>/refund")
    def refund(number: int) -> Response:
        user = _user()

        def effect(connection: Any) -> Outcome:
            return _outcome(200, Charges(connection).refund(user, number), instance)

        return _once(habits, user, effect)

    @app.get("/charges")
    def charges() -> dict[str, Any]:
        user = _user()
        with database(tables).connect().execution_options(reads_only=True) as connection:
            found = Charges(connection).of(user)
        listed = [each.as_data for each in found]
        return {"charges": listed, "balance_cents": sum(each.balance_cents for each in found), "instance": instance}

    @app.get("/charges/<int:number>")
    def one(number: int) -> dict[str, Any]:
        user = _user()
        with database(tables).connect().execution_options(reads_only=True) as connection:
            return {**Charges(connection).find(user, number).as_data, "instance": instance}

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}


def _failures(app: Flask) -> None:
    @app.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        return answer_problem(problem)

    @app.errorhandler(KeyProblem)
    def key(error: KeyProblem) -> Response:
        response = answer_problem(Problem(error.status, error.problem, error.title, str(error)))
        if error.status == 409:
            response.headers["Retry-After"] = "1"
        return response

    @app.errorhandler(NoSuchCharge)
    def absent(error: NoSuchCharge) -> Response:
        return answer_problem(Problem(404, "no-such-charge", "There is no such charge", str(error)))

    @app.errorhandler(RefundedAlready)
    def again(error: RefundedAlready) -> Response:
        return answer_problem(Problem(409, "refunded-already", "The charge was refunded before", str(error)))

    @app.errorhandler(SQLAlchemyError)
    def down(error: SQLAlchemyError) -> Response:
        app.logger.warning("the database: %s", error)
        why = "The database cannot be used. What was asked for may have been done: send it again with the same key."
        return answer_problem(Problem(503, "database-down", "The database cannot be used", why))


def _once(habits: Habits, user: str, effect: Effect) -> Response:
    asked = Asked(
        user, read_key(request.headers.get(HEADER)), fingerprint(request.method, request.path, request.get_data())
    )
    outcome = _keys(habits).once(asked, effect)
    response = Response(outcome.body, outcome.status, mimetype="application/json")
    if outcome.replayed:
        response.headers[REPLAYED] = "true"
    return response


def _keys(habits: Habits) -> Keys:
    """Those of this app, made at its first request."""
    made = current_app.extensions
    if "idempotency" not in made:
        database(tables)
        made["idempotency"] = Keys(database(idempotency_keys.tables), habits, _clock())
    found: Keys = made["idempotency"]
    return found


def _outcome(status: int, charge: Charge, instance: str) -> Outcome:
    return Outcome(status, current_app.json.dumps({**charge.as_data, "instance": instance}).encode() + b"\n")


def _clock() -> Any:
    return current_app.extensions.get("clock", wall)


def _user() -> str:
    user = request.headers.get("X-User", "")
    if not _USER.fullmatch(user):
        why = f"say who pays in X-User: 1 to 40 letters, digits and . _ -, here {user!r}"
        raise Problem(401, "nobody", "Nobody is named", why)
    return user


def _wanted() -> tuple[int, str]:
    body = request.get_json(silent=True)
    wanted: dict[str, Any] = body if isinstance(body, dict) else {}
    amount_cents, text = wanted.get("amount_cents"), wanted.get("for", "")
    faults = []
    if not isinstance(amount_cents, int) or isinstance(amount_cents, bool) or not 1 <= amount_cents <= MOST_CENTS:
        faults.append(f"amount_cents is {amount_cents!r}; it must be a whole number from 1 to {MOST_CENTS:,}.")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        faults.append(f"for is {text!r}; it must be a text of at most {LONGEST_TEXT} characters.")
    if faults:
        raise Problem(422, "no-charge", "That cannot be charged", " ".join(faults))
    assert isinstance(amount_cents, int)
    assert isinstance(text, str)
    return amount_cents, text
