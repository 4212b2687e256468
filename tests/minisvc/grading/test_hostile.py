"""Whatever a submission does, it gets its reason, and nothing of it is left."""

from pathlib import Path

import pytest

from minisvc.grading import shelf
from minisvc.grading.grade import Grade, grade
from minisvc.grading.sandbox import landlock, seccomp

from .class_of import EXERCISE, HOSTILE, answered, hostile, submission

REASONS = {
    "endless": "all: It is not done with its cells after",
    "leaves": "all: Its process ended by itself with status 3; a service must not call os._exit or sys.exit.",
    "leaves-late": "got no answer. Its process ended by itself with status 0",
    "exits": 'all: Cell "answer" raised SystemExit',
    "hangs-late": "got no answer within 3 s.",
    "breaks": "all: Its process crashed (SIGSEGV)",
    "hungry": 'all: Cell "answer" raised MemoryError',
    "hoards": "all: Its process crashed (SIGKILL): it used more processor time, memory or disk than it may",
    "raises": 'all: Cell "answer" raised ZeroDivisionError: division by zero (line 3)',
    "reads-answers": f"does not let a submission read {shelf.root() / EXERCISE}",
    "forks": "does not let a submission start a process (os.fork)",
    "runs": "does not let a submission start a process (subprocess.Popen)",
    "phones-home": "does not let a submission connect to 127.0.0.1 port 22",
}
QUIET_ON_THE_WAY = """
import ctypes, os
libc = ctypes.CDLL(None)
"""
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
needs_filter = pytest.mark.skipif(not seccomp.known(), reason="there is no filter of system calls for this machine")


def graded(answer: str, student: str = "Mallory", **options) -> Grade:
    return grade(shelf.find(EXERCISE), submission(student, answer), **options)


def processes() -> dict[int, str]:
    found = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            found[int(each.name)] = (each / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bad_submission_gets_nothing_and_its_own_words(kind):
    given = graded(hostile(kind), only="counts")
    assert given.points == 0
    assert REASONS[kind].removeprefix("all: ") in given.rows[0].reason
    assert not any(row.unable for row in given.rows)


def test_what_is_the_same_for_all_checks_is_tried_and_said_once():
    given = graded(hostile("raises"))
    assert given.reasons == ('all: Cell "answer" raised ZeroDivisionError: division by zero (line 3)',)


def test_what_was_tried_and_refused_is_noted_even_if_the_answer_is_right():
    first = "try:\n    open('/etc/hostile', 'w')\nexcept OSError:\n    pass"
    given = graded(answered("Mallory", first), only="counts")
    assert given.points == 1
    assert given.notes == ("It tried to write /etc/hostile, and was not let.",)


@needs_landlock
def test_who_gets_round_the_words_meets_the_kernel(tmp_path):
    secret, target = tmp_path / "answers", tmp_path / "written"
    secret.write_text("42")
    first = f"""{QUIET_ON_THE_WAY}
read = libc.open({str(secret).encode()!r}, os.O_RDONLY)
write = libc.open({str(target).encode()!r}, os.O_WRONLY | os.O_CREAT, 0o600)
raise RuntimeError(f"{{read}} {{write}}")"""
    given = graded(answered("Mallory", first), only="counts")
    assert given.reasons[0].startswith('counts: Cell "answer" raised RuntimeError: -1 -1')
    assert not target.exists()


@needs_filter
def test_who_forks_round_the_words_meets_the_kernel():
    bomb = f"""{QUIET_ON_THE_WAY}
number = {{'x86_64': 57, 'aarch64': 220}}[os.uname().machine]
first = libc.syscall(number, 17, 0, 0, 0, 0)
for _ in range(50):
    libc.syscall(number, 17, 0, 0, 0, 0)
raise RuntimeError(f"forked {{first}}")"""
    given = graded(answered("Mallory", bomb), only="counts")
    assert given.reasons[0].startswith('counts: Cell "answer" raised RuntimeError: forked -1')


def test_who_forks_by_the_c_library_is_told_so_in_words():
    given = graded(answered("Mallory", f"{QUIET_ON_THE_WAY}\nwhile True: libc.fork()"), only="counts")
    assert "does not let a submission start a process (fork of the C library)" in given.rows[0].reason


def test_secrets_of_the_machine_get_into_no_reason():
    given = graded(answered("Mallory", "raise RuntimeError(open('/etc/shadow').read())"), only="counts")
    assert "does not let a submission read /etc/shadow" in given.rows[0].reason


def test_nothing_of_a_submission_is_left_on_disk_or_running(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    graded(answered("Mallory", "open('left', 'w').write('behind')"), only="counts")
    assert list(tmp_path.iterdir()) == []
    assert not [
        line for line in processes().values() if "minisvc.grading.sandbox.warden" in line and str(tmp_path) in line
    ]


def test_no_secret_of_the_person_who_grades_is_inherited(monkeypatch):
    monkeypatch.setenv("PRIVATE_TOKEN", "sesame")
    first = "import os\nraise RuntimeError(' '.join(sorted(os.environ)))"
    (reason,) = graded(answered("Mallory", first), only="counts").reasons
    assert reason.startswith('counts: Cell "answer" raised RuntimeError: HOME LANG')
    assert "PRIVATE_TOKEN" not in reason


def test_time_is_one_for_all_checks_together():
    given = graded(hostile("hangs-late"), time_s=2.0)
    assert given.reasons == ("all: The time for this submission is up: is there an endless loop?",)
    assert given.took_s < 20


def test_what_is_not_signed_gets_nothing_and_is_not_run():
    given = graded(answered("Mallory"), student="")
    assert given.reasons == ('all: It is not signed: put your name into the first cell, student = "...".',)
    assert given.took_s == 0


def test_numbers_that_were_copied_are_somebody_elses():
    theirs = answered("Ada")
    assert graded(theirs, "Ada", only="counts").points == 1
    (reason,) = graded(theirs, "Ben", only="counts").reasons
    assert "your step is" in reason
