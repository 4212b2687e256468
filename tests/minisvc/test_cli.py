"""The command as a person runs it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from minisvc import layouts
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
        (["up", "--state", "redis", "--store", "here"], "store_url is 'here'; it must be an address such as redis://"),
        (["up", "--store", "redis://127.0.0.1:1"], "and --state memory has no store to use; it is for memcached,"),
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
        "real = t.ThreadHost.begin\n"
        "def begin(self):\n"
        "    real(self)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "t.ThreadHost.begin = begin\n"
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


def test_a_wrong_option_is_guessed():
    done = run("up", "--instnces", "3")
    assert done.returncode == 2
    assert done.stderr.startswith(
        'minisvc up: there is no option "--instnces". Did you mean "--instances"? Known: --inst'
    )
    assert done.stderr.endswith("\n  Try: minisvc up --help\n")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["up", "cart", "more"], 'minisvc up: "more" is one word too many.\n  Try: minisvc up --help\n'),
        (["up", "--users", "-1"], "minisvc: --users is '-1'; it must be a whole number from 0 to 1000.\n"),
        (["up", "--rate", "0"], "minisvc: --rate is '0'; it must be a number from 0.01 to 1000.\n"),
        (["up", "--rate", "nan"], "minisvc: --rate is 'nan'; it must be a number from 0.01 to 1000.\n"),
        (["up", "--seed", "x"], "minisvc: --seed is 'x'; it must be a whole number from 0 to 2147483648.\n"),
        (
            ["up", "two-services", "--state", "redis"],
            "minisvc: --state changes one service, and two-services has cart, simple_server.\n  Change it in",
        ),
        (
            ["up", "wsgiref.simple_server:demo_app", "--users", "2"],
            "minisvc: --users is '2'; it must be 0 here: simulated users need a cart, and no service is one.\n",
        ),
        (["up", "no/such.yaml"], f"minisvc: no/such.yaml: there is no such file in {Path.cwd()}/no.\n"),
        (["layouts", "--show", "stiky-cart"], "There is no shipped layout 'stiky-cart'. Did you mean \"sticky-cart\"?"),
    ],
)
def test_what_cannot_be_run_is_told_with_what_can(args, told):
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_faults_of_a_file_and_of_options_are_told_at_once(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text("version: 1\nstate: memry\nprt: 3\n")
    done = run("up", str(file), "--policy", "fast")
    assert done.returncode == 2
    assert [line.split(" Known")[0] for line in done.stderr.splitlines()] == [
        f"minisvc: {file}:2:8: state 'memry' is not known. Did you mean \"memory\"?",
        f'{file}:3:1: there is no field "prt". Did you mean "port"?',
        "policy 'fast' is not known.",
    ]


@pytest.mark.parametrize(
    "args", [["--help"], ["up", "--help"], ["layouts", "--help"], ["lab", "--help"], ["--version"]]
)
def test_help_needs_nothing_heavy(args):
    code = (
        "import sys\n"
        "from minisvc.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "heavy = {'flask', 'asyncio', 'redis', 'rich', 'requests', 'httptools', 'ruamel.yaml', 'jupyterlab'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert done.stdout


@pytest.mark.parametrize("columns", ["80", "40"])
def test_the_shipped_layouts_are_listed_with_what_they_show(columns):
    command = [*MINISVC, "layouts"]
    env = {**os.environ, "COLUMNS": columns}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
    told = " ".join(done.stdout.split())
    assert all(len(line) <= int(columns) for line in done.stdout.splitlines())
    for name in layouts.names():
        assert name in told
        assert layouts.shipped(name).about.split()[0] in told


def test_a_shipped_layout_is_printed_as_it_is_and_can_be_run_from_a_file(tmp_path):
    done = run("layouts", "--show", "sticky-cart")
    assert done.stdout == layouts.text("sticky-cart")
    file = tmp_path / "mine.yaml"
    file.write_text(done.stdout)
    shown, told, status = plain_run("up", str(file), "--instances", "2", "--users", "3", "--rate", "50")
    assert shown[0] == "cart: 2 instances, state memory\n"
    assert (told, status) == ("", 0)


@pytest.mark.parametrize("name", layouts.names())
def test_every_shipped_layout_runs(name):
    shown, told, status = plain_run("up", name)
    assert "instances, state" in shown[0]
    assert (told, status) == ("", 0)


def plain_run(*args: str) -> tuple[list[str], str, int]:
    """Run until it is up, then press Ctrl-C: the lines that it printed before, stderr, and the status."""
    with subprocess.Popen([*MINISVC, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        shown = []
        while "Ctrl-C" not in "".join(shown[-1:]):
            shown.append(running.stdout.readline())
            assert shown[-1], running.stderr.read()
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    return shown, told, running.returncode


def test_a_reader_who_has_seen_enough_ends_it_quietly():
    command = f"{sys.executable} -m minisvc layouts | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
