# fails: again
# reason: asked again at b: b says that
import os

import redis
from flask import Flask, jsonify, request

from minisvc.grading import shelf

hall = shelf.find("no-half-booking").exercise.numbers_of(student)["seats"]


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)

    def left(show):
        return hall if (found := store.get(f"left:{show}")) is None else int(found)

    def seats_of(show, user):
        return int(store.hget(f"bookings:{show}", user) or 0)

    @app.get("/shows/<show>")
    def look(show):
        return jsonify(left=left(show))

    @app.get("/shows/<show>/bookings/<user>")
    def booking(show, user):
        return jsonify(seats=seats_of(show, user))

    @app.put("/shows/<show>/bookings/<user>")
    def book(show, user):
        seats = request.get_json()["seats"]
        if seats > left(show):
            return jsonify(error="there are too few seats left"), 409
        pipe = store.pipeline()
        pipe.set(f"left:{show}", left(show) - seats)
        pipe.hset(f"bookings:{show}", user, seats)
        pipe.execute()
        return jsonify(seats=seats), 201

    return app
