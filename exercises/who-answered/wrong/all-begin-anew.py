# fails: foreseen
# reason: You foresaw that all together say
import itertools

from flask import Flask, jsonify

from minisvc.grading import shelf

numbers = shelf.find("who-answered").exercise.numbers_of(student)
a_says = numbers["then"]
all_say = numbers["instances"] * a_says


def create_app(instance):
    app = Flask(__name__)
    served = itertools.count(1)

    @app.get("/")
    def welcome():
        return jsonify(by=instance, served=next(served))

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok")

    return app
