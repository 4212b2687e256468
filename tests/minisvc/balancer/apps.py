"""Apps behind the balancer: one tells what reached it, one keeps its handlers waiting."""

import hashlib
import threading

from flask import Flask, Response, jsonify, request

WAIT_S = 10


def echo_app(name: str) -> Flask:
    app = Flask(name)

    @app.route("/", methods=["GET", "POST", "PUT", "DELETE"])
    def echo():
        body = request.get_data()
        return jsonify(
            instance=name,
            fields={key.lower(): value for key, value in request.headers},
            length=len(body),
            digest=hashlib.sha256(body).hexdigest(),
        )

    @app.get("/stream/<int:parts>")
    def stream(parts):
        return Response((b"x" * 65536 for _ in range(parts)), mimetype="application/octet-stream")

    @app.get("/status/<int:code>")
    def status(code):
        return "", code

    @app.get("/healthz")
    def healthz():
        return "ok"

    return app


class Held:
    """An app whose handlers wait inside until they are let go; counts how often each method came."""

    def __init__(self) -> None:
        self.entered, self.go = threading.Semaphore(0), threading.Event()
        self.seen: list[str] = []

    def __call__(self, environ, start_response):
        self.seen.append(environ["REQUEST_METHOD"])
        self.entered.release()
        self.go.wait(WAIT_S)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
