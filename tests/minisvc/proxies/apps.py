"""Services that the contract suite runs before each balancer."""

import hashlib
import threading

from flask import Flask, Response, jsonify, request
from flask_sock import Sock

WAIT_S = 10


def echo(name: str) -> Flask:
    app = Flask(name)
    sock = Sock(app)

    @app.route("/", methods=["GET", "POST", "PUT", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
    def tell(path=""):
        body = request.get_data()
        return jsonify(
            instance=name,
            path=request.full_path.rstrip("?"),
            fields={key.lower(): value for key, value in request.headers},
            length=len(body),
            digest=hashlib.sha256(body).hexdigest(),
        )

    @app.get("/status/<int:code>")
    def status(code):
        return "", code

    @app.get("/healthz")
    def healthz():
        return "ok"

    @sock.route("/ws")
    def ws(link):
        while True:
            link.send(link.receive())

    @app.get("/stream")
    def stream():
        def parts():
            yield b"first"
            gate.go.wait(WAIT_S)
            yield b"last"

        return Response(parts(), mimetype="application/octet-stream")

    return app


class Gate:
    """Holds handlers inside until it opens; counts who came in how often."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.entered, self.go = threading.Semaphore(0), threading.Event()
        self.seen: list[tuple[str, str]] = []


gate = Gate()


def held(name: str):
    """Waits inside at the gate, however it is asked."""

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/healthz":
            # Whatever is held, checks of health are not.
            start_response("204 No Content", [])
            return []
        gate.seen.append((name, environ["REQUEST_METHOD"]))
        gate.entered.release()
        gate.go.wait(WAIT_S)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    return app
