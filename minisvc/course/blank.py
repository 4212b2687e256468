"""The part of a service that every service has, so that lessons write only what is theirs."""

from __future__ import annotations

from flask import Flask


def new_service(instance: str) -> Flask:
    """A Flask app for the instance of that name, which answers only health checks, at /healthz."""
    app = Flask(instance)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app
