"""Answers in place of a session that cannot be had or kept. Bodies are `{"error": text}`, as the services' own."""

from __future__ import annotations

import json

from flask import Response

from minisvc.errors import MinisvcError
from minisvc.keyvalue import StoreDown, TooLarge

UNAVAILABLE, CONFLICT, TOO_LARGE = 503, 409, 413


class Conflict(Exception):
    """Another request has changed the session since this one read it."""


class Unfit(MinisvcError):
    """The client sent a session that cannot be one. `status` is that of the answer."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


Why = StoreDown | TooLarge | Conflict | Unfit


def refusal(why: Why) -> Response:
    """The answer that says why: 503 for a store that is down, 413 for too much, 409 for a second writer.

    A 503 is indefinite: what was asked for may have been done. The others are definite (RFC 9110, section 15).
    """
    if isinstance(why, StoreDown):
        return _answer(UNAVAILABLE, str(why))
    if isinstance(why, TooLarge):
        return _answer(TOO_LARGE, str(why))
    if isinstance(why, Unfit):
        return _answer(why.status, str(why))
    return _answer(CONFLICT, "another request changed the session meanwhile: read it again, and repeat")


def refuse(response: Response, why: Why) -> None:
    """Turn an answer that was ready into that refusal: what it says was done was not kept."""
    other = refusal(why)
    response.status_code = other.status_code
    response.headers.clear()
    response.headers.extend(other.headers)
    response.set_data(other.get_data())


def _answer(status: int, error: str) -> Response:
    return Response(json.dumps({"error": error}) + "\n", status, mimetype="application/json")
