# fails: any-order
# reason: After many changes ink was put in at a
import uuid

from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-in-two-places").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    put_in, taken_out, own = {}, set(), {}

    def items():
        return sorted({item for name, item in put_in.items() if name not in taken_out})

    @app.get("/cart")
    def read():
        return jsonify(items=items())

    @app.post("/cart/items")
    def add():
        if len(items()) >= most:
            return jsonify(error="the cart is full"), 409
        name = uuid.uuid4().hex
        put_in[name] = own[name] = request.get_json()["item"]
        return jsonify(items=items()), 201

    @app.delete("/cart/items/<item>")
    def remove(item):
        taken_out.update(name for name, each in put_in.items() if each == item)
        return jsonify(items=items())

    @app.get("/copy")
    def copy():
        return jsonify(put_in=own, taken_out=sorted(taken_out))

    @app.post("/copy")
    def take():
        theirs = request.get_json()
        put_in.update(theirs["put_in"])
        taken_out.update(theirs["taken_out"])
        return jsonify(items=items())

    return app
