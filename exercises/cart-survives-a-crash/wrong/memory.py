# fails: crash
# reason: before a crashed; then b answered []
from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-survives-a-crash").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    carts = {}

    @app.get("/carts/<user>")
    def read(user):
        return jsonify(items=carts.get(user, []))

    @app.post("/carts/<user>/items")
    def add(user):
        cart = carts.setdefault(user, [])
        if len(cart) >= most:
            return jsonify(error="full"), 409
        cart.append(request.get_json()["item"])
        return jsonify(items=cart), 201

    return app
