# fails: in-order
# reason: though its form has not had the second step; 400 is wanted
import os

from flask import Flask, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer

from minisvc.grading import shelf

price = shelf.find("form-in-three-steps").exercise.numbers_of(student)["price"]


def create_app(instance):
    app = Flask(__name__)
    forms = URLSafeSerializer(os.environ["SECRET_KEY"])
    dumps = forms.dumps

    @app.errorhandler(BadSignature)
    def refused(error):
        return jsonify(error="this is no form of ours"), 400

    def loads(form):
        return forms.loads(str(form))

    @app.post("/tickets")
    def tickets():
        return jsonify(form=dumps({"tickets": request.get_json()["tickets"]})), 201

    @app.post("/name")
    def name():
        return jsonify(form=dumps(loads(request.get_json().get("form")) | {"name": request.get_json()["name"]}))

    @app.post("/confirm")
    def confirm():
        form = loads(request.get_json().get("form"))
        if not form:
            return jsonify(error="this is no form of ours"), 400
        return jsonify(tickets=form["tickets"], name=form["name"], price=form["tickets"] * price)

    return app
