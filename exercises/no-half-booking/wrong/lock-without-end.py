# fails: again
# reason: at b was answered 503; 200 or 201 is wanted.
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
        if not store.set(f"lock:{show}", instance, nx=True):
            return jsonify(error="somebody else is booking, try again"), 503
        try:
            before = seats_of(show, user)
            if before:
                return jsonify(seats=before), 200 if before == seats else 409
            if seats > left(show):
                return jsonify(error="there are too few seats left"), 409
            pipe = store.pipeline()
            pipe.set(f"left:{show}", left(show) - seats)
            pipe.hset(f"bookings:{show}", user, seats)
            pipe.execute()
            return jsonify(seats=seats), 201
        finally:
            store.delete(f"lock:{show}")

    return app
