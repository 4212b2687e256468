"""Faults as problem details (RFC 9457)."""

from __future__ import annotations

from flask import Response, current_app

from minisvc.errors import MinisvcError


class Problem(MinisvcError):
    """A refusal that a program can read.

    Attributes:
        status: the HTTP status.
        word: of its type, which is "urn:statewise:problem:" and this.
        title: the same for every problem of this type.
        detail: of this one.
    """

    def __init__(self, status: int, word: str, title: str, detail: str) -> None:
        self.status, self.word, self.title, self.detail = status, word, title, detail
        super().__init__(detail)


def answer_problem(problem: Problem) -> Response:
    """It as an answer, `application/problem+json`."""
    said = {
        "type": f"urn:statewise:problem:{problem.word}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    body = current_app.json.dumps(said, sort_keys=False) + "\n"
    return Response(body, problem.status, mimetype="application/problem+json")
