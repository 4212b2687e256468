"""An assistant in a conversation, which the client resends whole with each turn, or the service keeps.

There is no language model behind it: it recites what was said, so that everybody can see whether that was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, jsonify, request, session
from werkzeug.wrappers import Response

MOST_TURNS = 200
LONGEST_MESSAGE = 2000


def create_app(instance: str) -> Flask:
    """The assistant as instance `instance` runs it.

    POST /chat with `{"message": text}` goes on with the conversation that the session holds (kept); with
    `{"messages": [text, ...]}`, all that the user said so far, it needs no session (resent). Both answer
    `{"reply", "turn", "instance"}`. GET /chat answers the kept `{"messages"}`, DELETE /chat forgets them.
    """
    app = Flask(__name__)

    @app.post("/chat")
    def chat() -> tuple[Response, int]:
        body: Any = request.get_json(silent=True)
        resent = isinstance(body, dict) and "messages" in body
        said: Any = body["messages"] if resent else [*_kept(), body.get("message") if isinstance(body, dict) else None]
        fault = _fault_of(said)
        if fault:
            return jsonify(error=fault), 422
        if not resent:
            session["messages"] = said
        return jsonify(reply=reply(said), turn=len(said), instance=instance), 200

    @app.get("/chat")
    def read() -> Response:
        return jsonify(messages=_kept(), instance=instance)

    @app.delete("/chat")
    def forget() -> Response:
        session.pop("messages", None)
        return jsonify(messages=[], instance=instance)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app


def reply(said: Sequence[str]) -> str:
    """What the assistant answers to the last of these messages (at least one): it needs them all for that."""
    if len(said) == 1:
        return f"You say: {said[0]}"
    return f"You began with: {said[0]} Before this you said: {said[-2]} Now you say: {said[-1]}"


def _kept() -> list[str]:
    return list(session.get("messages", []))


def _fault_of(said: Any) -> str:
    """What is wrong with the messages of a conversation; "" if nothing."""
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_TURNS:
        return f'send {{"message": text}}, or {{"messages": [text, ...]}} with 1 to {MOST_TURNS} of them'
    for number, message in enumerate(said, start=1):
        if not isinstance(message, str) or not 0 < len(message.strip()) <= LONGEST_MESSAGE:
            return f"message {number} is {_shown(message)}; it must be a text of 1 to {LONGEST_MESSAGE} characters"
    return ""


def _shown(value: Any) -> str:
    return f"a text of {len(value)}" if isinstance(value, str) else repr(value)[:40]
