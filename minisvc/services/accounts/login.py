"""Who is logged in, by `flask.session`, and whether a form was really sent by them."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import abort, current_app, jsonify, make_response, request, session

from minisvc.services.accounts.desk import desk
from minisvc.services.accounts.people import Person

PERSON, EPOCH, NAME, FORM, NEXT = "person", "epoch", "name", "form", "next"


def enter(person: Person) -> None:
    """Log a person in: under a new session id, and with nothing of the session before but where they were going."""
    going = session.get(NEXT)
    # Whoever knew the id from before, or planted it, must not be logged in as well (session fixation). First of all:
    # Flask-Session renews no empty session.
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]  # every state's interface has it
    session.clear()
    session.update({PERSON: person.id, EPOCH: person.epoch, NAME: person.name})
    if going:
        session[NEXT] = going


def leave() -> None:
    """Log out of this session."""
    session.clear()


def logged_in() -> Person | None:
    """The person whose session this is; None if it is nobody's, or from before they logged out everywhere."""
    person = desk().people.find(session[PERSON]) if PERSON in session else None
    if person is not None and person.epoch == session.get(EPOCH):
        return person
    if PERSON in session:
        session.clear()
    return None


def required() -> Person:
    """The person who is logged in; a 401 for nobody."""
    person = logged_in()
    if person is None:
        abort(make_response(jsonify(error="log in first: POST /login"), 401))
    return person


def form_token() -> str:
    """What forms must send back, which no other site can know (OWASP, "Synchronizer Token Pattern")."""
    if FORM not in session:
        session[FORM] = secrets.token_urlsafe(16)
    token: str = session[FORM]
    return token


def sent() -> dict[str, Any]:
    """What was sent, as JSON or by a form of ours.

    JSON is believed without a token: another site's page cannot send it unasked (Fetch standard, "CORS protocol").
    A 403 for a form without the right token, a 400 for JSON that is no object.
    """
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            abort(make_response(jsonify(error="send a JSON object"), 400))
        return body
    if not hmac.compare_digest(request.form.get("form", "").encode(), session.get(FORM, secrets.token_hex()).encode()):
        abort(make_response(jsonify(error="send JSON, or a form from this site: its token is missing or old"), 403))
    return dict(request.form)
