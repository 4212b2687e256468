# fails: counts
# reason: a was asked 3 times, by several visitors, and says that it served 1.
from flask import Flask, jsonify, session


def create_app(instance):
    app = Flask(__name__)
    app.secret_key = "the visitor keeps the count"

    @app.get("/")
    def welcome():
        session["served"] = session.get("served", 0) + 1
        return jsonify(by=instance, served=session["served"])

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok")

    return app
