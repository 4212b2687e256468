# fails: restart
# reason: After a booking at a b says that
from flask import Flask, jsonify, request

from minisvc.grading import shelf

hall = shelf.find("no-half-booking").exercise.numbers_of(student)["seats"]


def create_app(instance):
    app = Flask(__name__)
    shows = {}

    @app.get("/shows/<show>")
    def look(show):
        return jsonify(left=hall - sum(shows.get(show, {}).values()))

    @app.get("/shows/<show>/bookings/<user>")
    def booking(show, user):
        return jsonify(seats=shows.get(show, {}).get(user, 0))

    @app.put("/shows/<show>/bookings/<user>")
    def book(show, user):
        seats, bookings = request.get_json()["seats"], shows.setdefault(show, {})
        if user in bookings:
            return jsonify(seats=bookings[user]), 200 if bookings[user] == seats else 409
        if sum(bookings.values()) + seats > hall:
            return jsonify(error="there are too few seats left"), 409
        bookings[user] = seats
        return jsonify(seats=seats), 201

    return app
