"""Apps for hosts under test: at the top level of a module, so that they can be made in another process too."""

import os
import socket

from flask import Flask, session
from flask_sock import Sock

FOREVER_S = 60


class Plain:
    """A WSGI app with a path for each thing that a handler may be doing when its instance ends."""

    def __init__(self, name: str) -> None:
        self.name, self.told, self.count = name, "nothing", 0

    def __call__(self, environ, start_response):
        what = getattr(self, environ["PATH_INFO"].strip("/") or "hello")
        if what == self.endless:
            start_response("200 OK", [])
            return self.endless()
        body = what(environ)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(body).encode()]

    def hello(self, environ):
        return "ok"

    def pid(self, environ):
        return os.getpid()

    def counted(self, environ):
        self.count += 1
        return self.count

    def heard(self, environ):
        return self.told

    def wait(self, environ):
        return wait_at(int(environ["QUERY_STRING"]))

    def read(self, environ):
        wait_at(int(environ["QUERY_STRING"]))
        return environ["wsgi.input"].read()

    def boom(self, environ):
        raise ZeroDivisionError("in the app")

    def variable(self, environ):
        return os.environ.get(environ["QUERY_STRING"])

    def endless(self):
        while True:
            yield b"x" * 65536

    def die(self, environ):
        os._exit(3)

    def receive(self, message):
        if message == "boom":
            raise ZeroDivisionError("at a message")
        self.told = message


def wait_at(port: int) -> str:
    """Go to the gate on that port, and wait there to be let through."""
    with socket.create_connection(("127.0.0.1", port), FOREVER_S) as link:
        link.recv(1)
    return "done"


def plain(name, fence):
    return Plain(name)


def deaf(name, fence):
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"ok"]

    return app


def echoing(name, fence):
    app = Flask(__name__)

    @Sock(app).route("/echo")
    def echo(socket):
        while True:
            socket.send(socket.receive())

    return app


def broken(name, fence):
    raise RuntimeError(f"no app for {name}")


class Awkward(Exception):
    """Cannot be made anew from its arguments."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def awkward(name, fence):
    raise Awkward("this", "that")


def deadly(name, fence):
    os._exit(3)


def shop(name: str) -> Flask:
    """A service that writes its session after it was let through a gate."""
    app = Flask(__name__)

    @app.get("/")
    def read() -> dict:
        return {"items": session.get("items", [])}

    @app.get("/late/<int:gate>")
    def late(gate: int) -> dict:
        before = session.get("items", [])
        wait_at(gate)
        session["items"] = [*before, "late"]
        return {"items": session["items"]}

    @app.get("/add/<item>")
    def add(item: str) -> dict:
        session["items"] = [*session.get("items", []), item]
        return {"items": session["items"]}

    return app
