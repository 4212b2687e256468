"""A program that is started here ends here, whatever becomes of us."""

import os
import signal
import subprocess
import sys

import psutil

from minisvc.guarded import Guarded

WAIT_S = 10


def sleepers(of):
    return [each for each in psutil.Process(of).children(recursive=True) if each.name() == "sleep"]


def test_closing_ends_the_program_and_waits_for_it():
    guarded = Guarded(["sleep", "600"])
    while not (found := sleepers(os.getpid())):
        os.sched_yield()
    guarded.close()
    guarded.close()
    assert not found[0].is_running()


def test_a_signal_by_its_name_reaches_the_program():
    script = "trap 'echo heard; exit' USR1; echo ready; while :; do sleep 0.01; done"
    reader, writer = os.pipe()
    guarded = Guarded(["/bin/sh", "-c", script], said=writer)
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert lines.readline() == "ready\n"
        guarded.signal("USR1")
        assert lines.readline() == "heard\n"
    guarded.close()


def test_output_goes_to_a_file_where_one_is_named(tmp_path):
    said = tmp_path / "said"
    guarded = Guarded(["/bin/sh", "-c", "echo one; echo two >&2"], said=said)
    while "two" not in (said.read_text() if said.exists() else ""):
        os.sched_yield()
    guarded.close()
    assert said.read_text() == "one\ntwo\n"


def test_the_program_dies_with_a_killed_owner():
    code = (
        "from minisvc.guarded import Guarded; import time; held = Guarded(['sleep', '600']);"
        "print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "ready\n"
        # The shell has to start it first.
        while not (found := sleepers(owner.pid)):
            os.sched_yield()
        owner.send_signal(signal.SIGKILL)
        psutil.wait_procs(found, WAIT_S)
    assert not found[0].is_running()
