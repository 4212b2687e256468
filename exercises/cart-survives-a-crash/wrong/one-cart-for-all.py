# fails: own-cart
# reason: ben had [] as a new user
import os

import redis
from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-survives-a-crash").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)

    @app.get("/carts/<user>")
    def read(user):
        return jsonify(items=store.lrange("cart", 0, -1))

    @app.post("/carts/<user>/items")
    def add(user):
        if store.llen("cart") >= most:
            return jsonify(error="full"), 409
        store.rpush("cart", request.get_json()["item"])
        return jsonify(items=store.lrange("cart", 0, -1)), 201

    return app
