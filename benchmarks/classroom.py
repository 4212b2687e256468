"""A class of 30 (right, wrong, broken, hostile) by both routes: do they agree, does each get its reason, how fast?

Run: .venv/bin/python benchmarks/classroom.py
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.minisvc.grading.class_of import EXERCISE  # noqa: E402
from tests.minisvc.grading.class_of_30 import CLASS, put_class  # noqa: E402

STEPS = ("generate_assignment", "autograde", "generate_feedback")


def timed(command: list[str], folder: Path) -> float:
    clean = {"TMPDIR": str(folder.parent)} | {
        name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "XDG_STATE_HOME")
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **clean, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr[-3000:])
    return time.perf_counter() - begun


def by_command(course: Path) -> dict[str, tuple[float, str]]:
    words = [sys.executable, "-m", "minisvc", "grade", "submitted", "--exercise", EXERCISE, "--csv", "grades.csv"]
    print(f"minisvc grade: {timed(words, course):.0f} s for {len(CLASS)}")
    with (course / "grades.csv").open(newline="") as file:
        return {each["submission"]: (float(each["points"]), each["reasons"]) for each in csv.DictReader(file)}


def by_nbgrader(course: Path) -> dict[str, tuple[float, str]]:
    from nbgrader.api import Gradebook

    for step in STEPS:
        print(f"nbgrader {step}: {timed([sys.executable, '-m', 'nbgrader', step, EXERCISE], course):.0f} s")
    found = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for student in CLASS:
            page = course / "feedback" / student / EXERCISE / f"{EXERCISE}.html"
            booked = book.find_submission_notebook(EXERCISE, EXERCISE, student)
            assert not any(grade.needs_manual_grade for grade in booked.grades), student
            found[student] = booked.score, page.read_text()
    return found


def main() -> int:
    faults = 0
    with tempfile.TemporaryDirectory(prefix="classroom-") as place:
        course = Path(place) / "course"
        subprocess.run([sys.executable, "-m", "minisvc", "exercise", "source", course, EXERCISE], check=True)
        put_class(course / "submitted")
        ours, theirs = by_command(course), by_nbgrader(course)
        for student, handed in CLASS.items():
            (points, reasons), (booked, page) = ours[student], theirs[student]
            agree = points == booked == handed.points
            told = handed.reason in reasons and all(word in page for word in handed.reason.split() if word.isalpha())
            faults += not (agree and told)
            mark = "ok" if agree and told else "NO"
            print(f"{mark} {student:14} {points:g} {booked:g} {handed.points:g}  {reasons.splitlines()[:1]}")
    left = [each for each in Path("/proc").glob("[0-9]*/cmdline") if str(course.parent).encode() in read(each)]
    left += list(course.parent.glob("minisvc-grade-*"))
    print(f"{faults} of {len(CLASS)} otherwise than wanted; {len(left)} processes or folders left")
    return 1 if faults or left else 0


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main())
