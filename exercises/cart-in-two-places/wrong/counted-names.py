# fails: crash
# reason: a crashed, and apples were put in anew at a; copies went both ways. Now a shows []
import itertools

from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-in-two-places").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    put_in, taken_out, numbers = {}, set(), itertools.count()

    def items():
        return sorted({item for name, item in put_in.items() if name not in taken_out})

    @app.get("/cart")
    def read():
        return jsonify(items=items())

    @app.post("/cart/items")
    def add():
        if len(items()) >= most:
            return jsonify(error="the cart is full"), 409
        put_in[f"{instance}-{next(numbers)}"] = request.get_json()["item"]
        return jsonify(items=items()), 201

    @app.delete("/cart/items/<item>")
    def remove(item):
        taken_out.update(name for name, each in put_in.items() if each == item)
        return jsonify(items=items())

    @app.get("/copy")
    def copy():
        return jsonify(put_in=put_in, taken_out=sorted(taken_out))

    @app.post("/copy")
    def take():
        theirs = request.get_json()
        put_in.update(theirs["put_in"])
        taken_out.update(theirs["taken_out"])
        return jsonify(items=items())

    return app
