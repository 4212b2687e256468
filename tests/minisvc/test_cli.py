"""The command as a person runs it."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from minisvc.sockets import listen

MINISVC = [sys.executable, "-m", "minisvc"]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MINISVC, *args], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["upp"], 'there is no command "upp". Did you mean "up"?'),
        (["up", "--instances", "-1"], "instances is -1; it must be a whole number from 1 to 26."),
        (["up", "--instances", "many"], "instances is 'many'; it must be a whole number from 1 to 26."),
        (["up", "--state", "memry"], "state 'memry' is not known. Did you mean \"memory\"?"),
        (["up", "carts"], "There is no service, layout or file 'carts'. Did you mean \"cart\"?"),
        (["up", "--port", "99999"], "port is 99999; it must be a whole number from 0 to 65535."),
        (["up", "--state", "redis", "--store", "here"], "store_url is 'here'; it must be a Redis address"),
        (
            ["up", "--state", "redis", "--store", "redis://127.0.0.1:1"],
            "The store redis://127.0.0.1:1 is not available",
        ),
    ],
)
def test_bad_usage_gets_one_message_and_status_2(args, told):
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr.startswith("minisvc")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_all_faults_are_told_at_once():
    done = run("up", "carts", "--instances", "0", "--policy", "fast")
    assert done.stderr.count("\n") == 3


def test_a_port_that_is_taken_is_told_with_what_to_do():
    with listen(0) as other:
        port = other.getsockname()[1]
        done = run("up", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr == (
        f"minisvc: Port {port} on 127.0.0.1 is taken by another program.\n"
        "  Free it, name another port, or leave the port out (0) to get a free one.\n"
    )


def test_the_version_is_told():
    assert run("--version").stdout.startswith("minisvc 0.")


def descendants(pid: int) -> set[int]:
    """Every process below `pid` now (Linux)."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children.setdefault(int(fields[1]), set()).add(int(stat.parent.name))
    found: set[int] = set()
    todo = {pid}
    while todo:
        fresh = set().union(*(children.get(each, set()) for each in todo)) - found
        found |= fresh
        todo = fresh
    return found


@pytest.mark.parametrize("state", ["memory", "redis"])
@pytest.mark.parametrize(("ended_by", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_running_service_serves_and_ends_without_a_trace(state, ended_by, status):
    with listen(0) as probe:
        port = probe.getsockname()[1]
    command = [*MINISVC, "up", "--state", state, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        shown = [running.stdout.readline() for _ in range(4)]
        assert f"http://127.0.0.1:{port}/" in shown[1]
        assert "curl -i" in shown[2]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/cart", timeout=10) as answer:
            assert json.load(answer)["items"] == []
        below = descendants(running.pid)
        running.send_signal(ended_by)
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (status, "")
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_ctrl_c_while_it_starts_leaves_nothing_and_no_traceback():
    # Interrupted at the moment when the heavy imports are done and instances begin to start.
    code = (
        "import os, signal, sys, minisvc.host.thread as t\n"
        "real = t.ThreadHost.start\n"
        "def start(self):\n"
        "    real(self)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "t.ThreadHost.start = start\n"
        "from minisvc.cli import main\n"
        "status = main(['up', '--state', 'redis'])\n"
        "import pathlib, threading\n"
        "print([t.name for t in threading.enumerate()])\n"
        "print(pathlib.Path(f'/proc/self/task/{os.getpid()}/children').read_text().split())\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "")
    assert done.stdout == "['MainThread']\n[]\n"
