"""`minisvc claims` as a person meets it: the list, runs, files and what ends them."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from minisvc import claims
from minisvc.commands.claims import wanted
from tests.terminal import CTRL_C, MINISVC, PATIENCE_S, Window

QUICK = "crash-loses-share"
MADE_HERE = """
import os, pathlib, sys, threading
from minisvc import claims
from minisvc.claims.claim import WHERE_STATE_LIVES, claim
from minisvc.claims.expected import exactly
from minisvc.cli import main
claims.every()
told = dict(when="", predicts="2", derivation="", control="", sources=())
"""
"""The beginning of a program that adds a claim of its own before it runs the command."""
REFUTED = """
@claim("made-here", WHERE_STATE_LIVES, "One is two.", **told)
def made_here(trial):
    trial.measured("one", 1, exactly(2))
    trial.control("two", 2, exactly(2), other=exactly(1))
sys.exit(main(["claims", "run", "made-here"]))
"""
ENDLESS = """
@claim("made-here", WHERE_STATE_LIVES, "It ends.", **told)
def made_here(trial):
    with trial.cluster("running", state="redis", host="process"):
        pathlib.Path(os.environ["XDG_STATE_HOME"], "runs").touch()
        threading.Event().wait(60)
status = main(["claims", "run", "crash-loses-share", "made-here"])
left = [t.name for t in threading.enumerate()]
children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
print(f"left: {left} {' '.join(children)}.")
sys.exit(status)
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "statewise" / "claims"


def run(*args: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"}
    command = [*MINISVC, "claims", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def until(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.01)


def program(text: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MADE_HERE + text]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("columns", [80, 40])
def test_every_claim_is_listed_in_its_group_and_no_line_is_too_wide(columns):
    shown = run(columns=columns).stdout
    lines = shown.splitlines()
    assert max(map(len, lines)) <= columns
    for group in claims.GROUPS:
        some = [each for each in claims.every() if each.group == group]
        after = shown.partition(f"{group} ({len(some)})\n")[2]
        for each in some:
            assert each.id in after
            assert " ".join(each.says.split()) in " ".join(re.sub(r"not tried here yet", "", after).split())
    assert shown.count("not tried here yet") == len(claims.every())


@pytest.mark.parametrize("columns", [80, 40])
def test_a_run_says_each_figure_beside_what_was_expected_and_is_remembered(columns, state):
    done = run("run", QUICK, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    words = " ".join(done.stdout.split())
    assert words.startswith(f"✓ {QUICK} holds")
    assert "✓ share of users who lost their cart: 0.3333, expected 1/3" in words
    assert "✓ control: the same in a signed cookie: 0, expected 0" in words
    assert re.search(r"1 claim: 1 holds, 0 refuted, 0 inconclusive \(seed 1, \d\.\d s\)$", words)
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert [each.name for each in state.iterdir()] == [f"{QUICK}.json"]
    listed = " ".join(run(columns=columns).stdout.split())
    assert re.search(rf"✓ {QUICK} .*?holds, \d{{4}}-\d\d-\d\d, seed 1, \d\.\d s", listed)


def test_json_is_all_that_is_printed_and_holds_the_seed(tmp_path):
    page = tmp_path / "page.html"
    done = run("run", QUICK, "nat-collapses-ip-hash", "--seed", "3", "--json", "--html", str(page))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["seed"], said["wanted"], said["tried"]) == (3, 2, 2)
    assert [each["verdict"] for each in said["results"]] == ["holds", "holds"]
    # In the order of the list, whatever the order of asking.
    assert [each["id"] for each in said["results"]] == ["nat-collapses-ip-hash", QUICK]
    assert page.read_text().count('data-verdict="holds"') == 2


@pytest.mark.parametrize("group", ["retries-caches-money", "Retries, caches, money"])
def test_a_group_is_tried_whole_with_what_is_named_besides(group):
    meant = [each.id for each in wanted([QUICK], group)]
    assert meant == [QUICK, *(each.id for each in claims.every() if each.group == claims.GROUPS[2])]
    assert wanted([], None) == list(claims.every())


def test_what_is_not_known_is_told_at_once_and_nothing_runs(state):
    done = run("run", "crash-loses-shar", QUICK, "nonsense", "--group", "retries")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        'minisvc: There is no claim "crash-loses-shar". Did you mean "crash-loses-share"?',
        'There is no claim "nonsense".',
        'There is no group "retries". Known: where-state-lives, what-the-client-carries, retries-caches-money.',
        "  minisvc claims lists them all.",
    ]
    assert not state.exists()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["run", "--seed", "x"], "minisvc: --seed is 'x'; it must be a whole number from 0 to 2147483648.\n"),
        (["run", QUICK, "--html", "/no/such/page.html"], "minisvc: /no/such/page.html cannot be written: No such file"),
        (["rum"], "minisvc claims: argument ACTION: invalid choice: 'rum'"),
        (["run", "--sed", "1"], 'minisvc claims run: there is no option "--sed". Did you mean "--seed"?'),
    ],
)
def test_a_wrong_option_is_told_and_nothing_runs(args, told):
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)


def test_a_refuted_claim_is_status_1_and_says_which_figure():
    done = program(REFUTED)
    assert (done.returncode, done.stderr) == (1, "")
    assert "  ✗ one: 1, expected 2: not as expected\n" in done.stdout
    assert done.stdout.endswith("✗ made-here: one 1, expected 2: not as expected\n")
    assert "1 claim: 0 hold, 1 refuted, 0 inconclusive" in done.stdout


@pytest.mark.parametrize(("columns", "running"), [(80, True), (40, True), (80, False)])
def test_ctrl_c_keeps_what_was_found_and_leaves_nothing_running(columns, running, state):
    with Window(sys.executable, "-c", MADE_HERE + ENDLESS, columns=columns) as window:
        before = window.modes()
        window.wait_for(re.compile(r"1/2 .*made-here").search)
        # Once while everything runs, and once while it is being started.
        until(lambda: not running or (state.parents[1] / "runs").exists())
        window.press(CTRL_C)
        assert window.end() == 130
        assert window.modes() == before
        told = window.transcript
    assert "1 of 2 claims: 1 holds, 0 refuted, 0 inconclusive" in told
    left = re.search(r"left: \['MainThread'\] ([\d ]*)\.", told)
    assert left, told
    # Where instances are born may stay warm for the program's life, and no longer.
    until(lambda: not any(Path("/proc", number).exists() for number in left[1].split()))
    assert "KeyboardInterrupt" not in told
    assert [each.name for each in state.iterdir()] == [f"{QUICK}.json"]


def test_on_a_terminal_a_bar_moves_and_is_gone_at_the_end():
    with Window(*MINISVC, "claims", "run", QUICK, "nat-collapses-ip-hash") as window:
        window.wait_for(re.compile(r"[01]/2 .*0:00:0").search)
        assert window.end() == 0
        assert "/2 ━" not in window.text
        assert "2 claims: 2 hold, 0 refuted" in window.text


def test_where_results_cannot_be_kept_they_are_shown_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    done = run("run", QUICK, "nat-collapses-ip-hash")
    assert done.returncode == 0
    assert "2 claims: 2 hold" in done.stdout
    assert done.stderr.count("Results cannot be kept in") == 1
    assert done.stderr.endswith("claims: Not a directory.\n  They are shown all the same.\n")


def test_a_record_that_nobody_can_read_is_named(state):
    state.mkdir(parents=True)
    (state / f"{QUICK}.json").write_text("{")
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{state / QUICK}.json holds no result of a claim" in done.stderr
    assert done.stderr.endswith("\n  Remove what is named; the next run writes it anew.\n")
