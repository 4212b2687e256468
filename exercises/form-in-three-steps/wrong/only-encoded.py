# fails: unchanged
# reason: in the form was changed; 400 is wanted.
import base64
import json

from flask import Flask, jsonify, request

from minisvc.grading import shelf

price = shelf.find("form-in-three-steps").exercise.numbers_of(student)["price"]


def create_app(instance):
    app = Flask(__name__)

    def dumps(form):
        return base64.urlsafe_b64encode(json.dumps(form).encode()).decode()

    def loads(form):
        try:
            return json.loads(base64.urlsafe_b64decode(form))
        except (TypeError, ValueError):
            return {}

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
