# fails: any-instance
# reason: what does a remember?
from pathlib import Path

from flask import Flask, jsonify

from minisvc.grading import shelf

step = shelf.find("counter-anywhere").exercise.numbers_of(student)["step"]


def create_app(instance):
    app = Flask(__name__)
    file = Path("count.txt")

    @app.post("/next")
    def following():
        count = int(file.read_text()) if file.exists() else 0
        file.write_text(str(count + step))
        return jsonify(count=count + step)

    return app
