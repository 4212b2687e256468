# fails: any-instance
# reason: by way of a and b; then a answered ['apples']
import os

import redis
from flask import Flask, jsonify, request

from minisvc.grading import shelf

most = shelf.find("cart-survives-a-crash").exercise.numbers_of(student)["most"]


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)
    copies = {}

    def cart(user):
        if user not in copies:
            copies[user] = store.lrange(user, 0, -1)
        return copies[user]

    @app.get("/carts/<user>")
    def read(user):
        return jsonify(items=cart(user))

    @app.post("/carts/<user>/items")
    def add(user):
        if len(cart(user)) >= most:
            return jsonify(error="full"), 409
        cart(user).append(request.get_json()["item"])
        store.rpush(user, request.get_json()["item"])
        return jsonify(items=cart(user)), 201

    return app
