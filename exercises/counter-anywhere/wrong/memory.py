# fails: crash
# reason: then a crashed; the next was
from flask import Flask, jsonify

from minisvc.grading import shelf

step = shelf.find("counter-anywhere").exercise.numbers_of(student)["step"]


def create_app(instance):
    app = Flask(__name__)
    total = 0

    @app.post("/next")
    def following():
        nonlocal total
        total += step
        return jsonify(count=total)

    return app
