# fails: back
# reason: a confirmed {'tickets': 2, 'name': 'Ben'}; {'tickets': 2, 'name': 'Ana'} was filled in.
import os

from flask import Flask, jsonify, request, session

from minisvc.grading import shelf

price = shelf.find("form-in-three-steps").exercise.numbers_of(student)["price"]


def create_app(instance):
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]

    def dumps(form):
        session["form"] = form
        return "in the cookie"

    def loads(form):
        return session.get("form", {})

    @app.post("/tickets")
    def tickets():
        return jsonify(form=dumps({"tickets": request.get_json()["tickets"]})), 201

    @app.post("/name")
    def name():
        return jsonify(form=dumps(loads(request.get_json().get("form")) | {"name": request.get_json()["name"]}))

    @app.post("/confirm")
    def confirm():
        form = loads(request.get_json().get("form"))
        if not form or "name" not in form:
            return jsonify(error="this is no form of ours"), 400
        return jsonify(tickets=form["tickets"], name=form["name"], price=form["tickets"] * price)

    return app
