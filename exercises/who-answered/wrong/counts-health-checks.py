# fails: health
# reason: a had served 1, then a balancer asked /healthz 3 times; the next visitor was told 5
from flask import Flask, jsonify


def create_app(instance):
    app = Flask(__name__)
    served = 0

    @app.before_request
    def count():
        nonlocal served
        served += 1

    @app.get("/")
    def welcome():
        return jsonify(by=instance, served=served)

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok")

    return app
