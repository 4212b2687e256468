# fails: stays-out
# reason: then an old copy came from a. Now b shows ['apples']
from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-in-two-places").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    put_in = set()

    def items():
        return sorted(put_in)

    @app.get("/cart")
    def read():
        return jsonify(items=items())

    @app.post("/cart/items")
    def add():
        if len(items()) >= most:
            return jsonify(error="the cart is full"), 409
        put_in.add(request.get_json()["item"])
        return jsonify(items=items()), 201

    @app.delete("/cart/items/<item>")
    def remove(item):
        put_in.discard(item)
        return jsonify(items=items())

    @app.get("/copy")
    def copy():
        return jsonify(put_in=sorted(put_in))

    @app.post("/copy")
    def take():
        theirs = request.get_json()
        put_in.update(theirs["put_in"])
        return jsonify(items=items())

    return app
