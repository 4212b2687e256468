# fails: ready
# reason: for it reads nothing but the status.
from flask import Flask, jsonify, request

from minisvc.grading import shelf

numbers = shelf.find("health-that-helps").exercise.numbers_of(student)
least = numbers["least"]
fail_before = 12 // numbers["instances"]


def create_app(instance):
    app = Flask(__name__)
    prices = {}

    @app.put("/prices")
    def load():
        prices.clear()
        prices.update(request.get_json())
        return "", 204

    @app.get("/prices/<item>")
    def price(item):
        if len(prices) < least:
            return jsonify(error="there are no prices yet"), 503
        if item not in prices:
            return jsonify(error="there is no such item"), 404
        return jsonify(price=prices[item])

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok" if len(prices) >= least else "no prices")

    return app
