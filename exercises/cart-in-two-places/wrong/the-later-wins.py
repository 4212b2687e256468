# fails: both-stay
# reason: Apples were put in at a, bread at b, and copies went both ways. Now a shows ['bread']
import time

from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-in-two-places").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    cart = {"items": [], "at": 0.0}

    @app.get("/cart")
    def read():
        return jsonify(items=cart["items"])

    @app.post("/cart/items")
    def add():
        if len(cart["items"]) >= most:
            return jsonify(error="the cart is full"), 409
        cart.update(items=[*cart["items"], request.get_json()["item"]], at=time.time())
        return jsonify(items=cart["items"]), 201

    @app.delete("/cart/items/<item>")
    def remove(item):
        cart.update(items=[each for each in cart["items"] if each != item], at=time.time())
        return jsonify(items=cart["items"])

    @app.get("/copy")
    def copy():
        return jsonify(cart)

    @app.post("/copy")
    def take():
        theirs = request.get_json()
        if theirs["at"] > cart["at"]:
            cart.update(theirs)
        return jsonify(items=cart["items"])

    return app
