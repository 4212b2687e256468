"""A catalogue: read by everybody, dear to make, and so kept in a cache, wherever the layout keeps state.

`state="memory"` is a cache in each instance; with `policy="ring_hash", key="path"` each product has one instance and
its cache; `state="redis"` is one cache for all; where the client carries the state there is none.
"""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import Any

from flask import Flask, current_app, jsonify, request
from werkzeug.wrappers import Response

from minisvc.services.cache import Cache, Found, Habits

PRODUCTS = 1000
COST_S = 0.02
"""What one product takes to look up: a few joins in a database that is not here."""
USUAL = Habits()
GOODS = ("apples", "bread", "cheese", "dates", "eggs", "figs", "grapes", "honey")


def create_app(
    instance: str, *, habits: Habits = USUAL, cost_s: float = COST_S, key_forgets_user: bool = False
) -> Flask:
    """The catalogue as instance `instance` serves it.

    GET /products/7 answers `{"id", "name", "price_cents", "instance", "cache"}` with `Cache-Control`, `Age` and `ETag`;
    GET /for-you answers the same for the user that `X-User` names, for that user alone; GET /stats answers how
    often this instance made something since it started. A learner's own catalogue is `create_app` with other options,
    in a function of one's own, named as `service="module:name"`.

    Args:
        instance: the instance's name.
        habits: how the cache is kept.
        cost_s: seconds that it takes to make an entry.
        key_forgets_user: BAD PRACTICE, for the lesson that shows it: /for-you is kept under its path alone, so that
            one user is given what was made for another (CWE-524).
    """
    app = Flask(__name__)
    origin = _Origin(cost_s)

    def cache() -> Cache:
        # The state is furnished after the app was made.
        if "cache" not in app.extensions:
            app.extensions["cache"] = Cache(app.extensions.get("keyvalue"), habits)
        found: Cache = app.extensions["cache"]
        return found

    @app.get("/products/<int:number>")
    def product(number: int) -> Response | tuple[Response, int]:
        if not 1 <= number <= PRODUCTS:
            return jsonify(error=f"there is no product {number}: they are numbered 1 to {PRODUCTS}"), 404
        found = cache().fetch(f"product:{number}", lambda: origin.product(number))
        return _answer(found, instance, f"max-age={habits.ttl_s:g}, stale-while-revalidate={habits.stale_s:g}")

    @app.get("/for-you")
    def for_you() -> Response | tuple[Response, int]:
        user = request.headers.get("X-User", "")
        if not user.isalnum() or len(user) > 40:
            return jsonify(error="say who you are in X-User: 1 to 40 letters and digits"), 401
        key = "for-you" if key_forgets_user else f"for-you:{user}"
        found = cache().fetch(key, lambda: origin.suggestion(user))
        return _answer(found, instance, "private, no-store", vary="X-User")

    @app.get("/stats")
    def stats() -> dict[str, Any]:
        return {"made": origin.made, "instance": instance}

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app


class _Origin:
    """Where entries come from. Counts what it made."""

    def __init__(self, cost_s: float) -> None:
        self.made = 0
        self._cost_s = cost_s
        self._lock, self._busy = threading.Lock(), threading.Event()

    def product(self, number: int) -> dict[str, Any]:
        """One product, the same each time."""
        self._work()
        return {"id": number, "name": GOODS[number % len(GOODS)], "price_cents": 100 + 7 * number % 900}

    def suggestion(self, user: str) -> dict[str, Any]:
        """What this user should buy."""
        self._work()
        return {"user": user, "name": GOODS[sum(user.encode()) % len(GOODS)]}

    def _work(self) -> None:
        with self._lock:
            self.made += 1
        # Nobody sets it: this is time that a database would take.
        self._busy.wait(self._cost_s)


def _answer(found: Found, instance: str, caching: str, *, vary: str = "") -> Response:
    response = jsonify(**found.value, instance=instance, cache=found.how)
    response.headers["Cache-Control"] = caching
    response.headers["Age"] = str(int(found.age_s))
    if vary:
        response.headers["Vary"] = vary
    else:
        # Weak: which instance answered does not make another product of it (RFC 9110, section 8.8.1).
        said = current_app.json.dumps(found.value, sort_keys=True)
        response.set_etag(sha256(said.encode()).hexdigest()[:16], weak=True)
    if found.refresh:
        response.call_on_close(found.refresh)
    return response.make_conditional(request)
