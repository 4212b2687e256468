"""A shopping cart, written once against `flask.session`: it does not know where its state lives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, jsonify, redirect, render_template_string, request, session
from werkzeug.wrappers import Response

MOST_ITEMS = 1000
LONGEST_NAME = 100

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Cart</title>
<style>body{font:1.1rem/1.5 system-ui;max-width:32rem;margin:2rem auto;padding:0 1rem}</style>
<h1>Your cart</h1>
{% if items %}<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>
{% else %}<p>It is empty.</p>{% endif %}
<form method="post" action="/cart/items">
<label>Item <input name="item" required maxlength="100" autofocus></label> <button>Add</button></form>
<p>Answered by instance <b>{{ instance }}</b>.</p></html>
"""


def create_app(instance: str) -> Flask:
    """The cart as instance `instance` serves it.

    GET /cart answers `{"items": [...], "instance": name}`; POST /cart/items with `{"item": text}` (or a
    form) adds one and answers the same; DELETE /cart empties it; GET / is a page for browsers.
    """
    app = Flask(__name__)
    app.extensions["validate_document"] = _document_fault

    def cart() -> list[str]:
        return list(session.get("items", []))

    def answer(status: int = 200) -> tuple[Response, int]:
        return jsonify(items=cart(), instance=instance), status

    @app.get("/")
    def page() -> str:
        return render_template_string(PAGE, items=cart(), instance=instance)

    @app.get("/cart")
    def read() -> tuple[Response, int]:
        return answer()

    @app.post("/cart/items")
    def add() -> Any:
        item, fault = _wanted_item()
        if fault or len(cart()) >= MOST_ITEMS:
            return jsonify(error=fault or f"the cart is full: it holds at most {MOST_ITEMS} items"), 422
        session["items"] = [*cart(), item]
        return answer(201) if request.is_json else redirect("/", 303)

    @app.delete("/cart")
    def empty() -> tuple[Response, int]:
        session.pop("items", None)
        return answer()

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app


def _document_fault(document: Mapping[str, Any]) -> str:
    """What is wrong with a cart that its client keeps and may have edited ("" if nothing)."""
    items = document.get("items", [])
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        return f"items must be a list of at most {MOST_ITEMS} texts"
    wrong = [item for item in items if not isinstance(item, str) or not 0 < len(item.strip()) <= LONGEST_NAME]
    return f"an item is a text of 1 to {LONGEST_NAME} characters, here {wrong[0]!r}" if wrong else ""


def _wanted_item() -> tuple[str, str]:
    """The item that the request names and what is wrong with it ("" if nothing)."""
    body: Any = request.get_json(silent=True) if request.is_json else request.form
    item = body.get("item") if isinstance(body, Mapping) else None
    if isinstance(item, str) and 0 < len(item.strip()) <= LONGEST_NAME:
        return item.strip(), ""
    return "", f'send {{"item": "apples"}}: a text of 1 to {LONGEST_NAME} characters, here {item!r}'
