"""Submissions of every kind: what a class hands in."""

from collections.abc import Mapping
from pathlib import Path

from minisvc.grading import notebook, shelf
from minisvc.grading.trial import Submission

EXERCISE = "counter-anywhere"
COUNTER = """
from flask import Flask, jsonify, request
{first}

def create_app(instance):
    app = Flask(__name__)

    @app.post("/next")
    def following():
        {then}
        return jsonify(count=request.get_json().get("count", 0) + {step})

    return app
"""
HOSTILE: Mapping[str, tuple[str, str]] = {
    "endless": ("while True: pass", ""),
    "leaves": ("import os; os._exit(3)", ""),
    "leaves-late": ("import os", "os._exit(0)"),
    "exits": ("import sys; sys.exit()", ""),
    "hangs-late": ("import threading", "threading.Event().wait()"),
    "breaks": ("import ctypes; ctypes.string_at(0)", ""),
    "hungry": ("data = 'x' * (8 * 2**30)", ""),
    "hoards": ("for n in range(10**6): open(f'f{n}', 'wb').write(bytes(8 * 2**20))", ""),
    "raises": ("1 / 0", ""),
    "reads-answers": (f"print(open({str(shelf.root() / EXERCISE / EXERCISE)!r} + '.ipynb').read())", ""),
    "forks": ("import os\nwhile True: os.fork()", ""),
    "runs": ("import subprocess; subprocess.run(['sleep', '1000'])", ""),
    "phones-home": ("import socket; socket.create_connection(('127.0.0.1', 22))", ""),
}


def step_of(student: str) -> int:
    return shelf.find(EXERCISE).exercise.numbers_of(student)["step"]


def answered(student: str, first: str = "", then: str = "pass", step: int | None = None) -> str:
    """A right counter that also does something else when it is loaded, and when it is asked."""
    return COUNTER.format(first=first, then=then or "pass", step=step_of(student) if step is None else step)


def handed_in(student: str, answer: str) -> notebook.Notebook:
    released = shelf.find(EXERCISE).source().released()
    return released.answered(f"student = {student!r}", at="name").answered(answer)


def submission(student: str, answer: str) -> Submission:
    cells = handed_in(student, answer).cells
    return Submission(student, notebook.signed(cells), cells)


def hostile(kind: str, student: str = "Mallory") -> str:
    first, then = HOSTILE[kind]
    return answered(student, first, then)


def put(folder: Path, student: str, answer: str) -> Path:
    """As nbgrader collects: student/exercise/exercise.ipynb."""
    path = folder / student / EXERCISE / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    handed_in(student, answer).write(path)
    return path
