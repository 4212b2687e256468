# fails: names
# reason: c was asked, and its answer says "by": 'a'.
import itertools

from flask import Flask, jsonify


def create_app(instance):
    app = Flask(__name__)
    served = itertools.count(1)

    @app.get("/")
    def welcome():
        return jsonify(by="a", served=next(served))

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok")

    return app
