"""Thirty submissions of one exercise, as a class hands them in, right, wrong, broken and hostile: what each gets."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .class_of import EXERCISE, HOSTILE, answered, handed_in, hostile

FULL = 6
BY_THE_KERNEL = """
import ctypes, os
call = ctypes.CDLL(None).syscall
fork = {'x86_64': 57, 'aarch64': 220}[os.uname().machine]
"""
REMEMBERS = """
from flask import Flask, jsonify

def create_app(instance):
    app, counts = Flask(__name__), [0]

    @app.post("/next")
    def following():
        counts[0] += STEP
        return jsonify(count=counts[0])

    return app
"""


@dataclass(frozen=True)
class Handed:
    """What one student hands in, the points that it must get, and words of its reasons."""

    notebook: Callable[[str], str]
    points: int
    reason: str = ""


def text(student: str, answer: str) -> str:
    return json.dumps(handed_in(student, answer).data)


def of(make: Callable[[str], str], points: int = 0, reason: str = "") -> Handed:
    return Handed(lambda student: text(student, make(student)), points, reason)


def first(lines: str, points: int = 0, reason: str = "") -> Handed:
    """A right answer that does something else when it is loaded."""
    return of(lambda student: answered(student, lines), points, reason)


def remembers(student: str) -> str:
    from .class_of import step_of  # noqa: PLC0415

    return REMEMBERS.replace("STEP", str(step_of(student)))


def vandal(student: str) -> str:
    """Its grading cells are gone, and what is left says that it is of a nbgrader to come."""
    data = handed_in(student, answered(student)).data
    data["cells"] = [cell for cell in data["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    for cell in data["cells"]:
        cell["metadata"] = {"nbgrader": {"schema_version": 99, "points": 1000, "grade_id": "check-crash"}}
    return json.dumps(data)


def generous(student: str) -> str:
    """Its grading cells ask for nothing any more."""
    data = handed_in(student, "pass").data
    for cell in data["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "pass"
    return json.dumps(data)


CLASS: Mapping[str, Handed] = {
    "ada": of(answered, FULL),
    "ben": of(answered, FULL),
    "cleo": first("import time; time.sleep(0.5)", FULL),
    "dan": first("print('x' * 1_000_000)", FULL),
    "eve": Handed(vandal, FULL),
    "fay": of(lambda student: answered(student, step=1), 0, "your step is"),
    "gus": of(remembers, 1, "what does a remember?"),
    "hal": of(lambda student: "create_app = None", 0, "is NoneType; it must be a WSGI app"),
    "ida": of(lambda student: "def create_app(instance:", 0, 'Cell "answer" raised SyntaxError'),
    "jon": of(lambda student: "raise NotImplementedError()", 0, 'The cell "answer" has no answer yet.'),
    "kim": Handed(lambda student: text("", answered(student)), 0, "It is not signed"),
    "lea": Handed(generous, 0, "It defines no create_app"),
    "empty": Handed(lambda student: "", 0, "is no notebook: the file is empty."),
    "no-json": Handed(lambda student: "{'no': json", 0, "is no notebook: it is not JSON"),
    "no-cells": Handed(lambda student: '{"cells": 3}', 0, "is no notebook: it has no list of cells"),
    **{
        kind: of(lambda student, kind=kind: hostile(kind, student), 0, words)
        for kind, words in {
            "endless": "is there an endless loop?",
            "leaves": "ended by itself with status 3",
            "leaves-late": "ended by itself with status 0",
            "hangs-late": "got no answer within 3 s.",
            "breaks": "Its process crashed (SIGSEGV)",
            "hungry": "raised MemoryError",
            "reads-answers": "does not let a submission read",
            "forks": "does not let a submission start a process (os.fork)",
            "phones-home": "does not let a submission connect to 127.0.0.1 port 22",
        }.items()
    },
    "c-bomb": first(
        "import ctypes\nwhile True: ctypes.CDLL(None).fork()", 0, "start a process (fork of the C library)"
    ),
    # With an end, for a kernel without a filter; with the filter it never begins.
    "kernel-bomb": first(f"{BY_THE_KERNEL}\nfor _ in range(8): call(fork, 17, 0, 0, 0, 0)", FULL),
    "writes": first("open('/tmp/written-by-a-student', 'w')", 0, "does not let a submission write /tmp/written"),
    "kills": first("import os; os.kill(-1, 9)", 0, "does not let a submission send a signal"),
    "kernel-kill": first(f"{BY_THE_KERNEL}\nassert call(62, os.getppid(), 9) == 0", 0, "raised AssertionError"),
    "fills": first("data = open('big', 'wb')\nwhile True: data.write(bytes(2**20))", 0, "File too large"),
}
assert len(CLASS) == 30
assert set(HOSTILE) - set(CLASS) == {"exits", "hoards", "raises", "runs"}


def put_class(folder: Path, names: list[str] | None = None) -> None:
    """As nbgrader collects: student/exercise/exercise.ipynb."""
    for student in names or CLASS:
        path = folder / student / EXERCISE / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(CLASS[student].notebook(student), encoding="utf-8")
