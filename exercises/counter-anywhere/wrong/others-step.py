# fails: counts
# reason: After 1 times the count is 1; your step is
from flask import Flask, jsonify, request


def create_app(instance):
    app = Flask(__name__)

    @app.post("/next")
    def following():
        return jsonify(count=request.get_json().get("count", 0) + 1)

    return app
