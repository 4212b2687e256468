# fails: ends-after-crash
# reason: Who was to end it?
import os
import threading

import redis
from flask import Flask, jsonify, request

from minisvc.grading import shelf

seats = shelf.find("two-on-one-seat").exercise.numbers_of(student)["seats"]
SEATS = [f"seat:{number}" for number in range(1, seats + 1)]


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)
    hold_s = int(os.environ["HOLD_S"])

    @app.get("/seats")
    def free():
        return jsonify(free=seats - store.exists(*SEATS))

    @app.post("/holds")
    def hold():
        for number, seat in enumerate(SEATS, 1):
            if store.set(seat, request.get_json()["user"], nx=True):
                threading.Timer(hold_s, store.delete, [seat]).start()
                return jsonify(seat=number), 201
        return jsonify(error="no seat is free"), 409

    return app
