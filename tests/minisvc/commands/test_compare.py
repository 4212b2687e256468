"""`minisvc compare` as a person meets it."""

import json
import os
import re
import subprocess

import pytest

from minisvc.claims.comparison import CONCERNS
from tests.terminal import CTRL_C, MINISVC, Window

PLACES = ("sticky-memory", "signed-cookie")


def compare(*args: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"}
    command = [*MINISVC, "compare", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("columns", [80, 40])
def test_every_figure_is_shown_whole_in_any_width_with_the_claim_it_comes_from(columns):
    done = compare(*PLACES, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert max(map(len, lines)) <= columns
    assert "…" not in done.stdout
    words = " ".join(done.stdout.split())
    for concern in CONCERNS:
        assert " ".join(concern.asks.split()) in words
        assert f"{concern.better}. {', '.join(concern.claims)}" in words
    assert all(words.count(place) >= (1 if columns == 80 else len(CONCERNS)) for place in PLACES)
    assert "67%" in words
    assert "up 100%" in words
    assert "no store" in words


def test_json_is_all_that_is_printed_and_the_page_stands_alone(tmp_path):
    page = tmp_path / "page.html"
    done = compare("signed-cookie", "memory", "--seed", "2", "--json", "--html", str(page))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["seed"] == 2
    crash = {each["place"]: each["cells"]["instance_crash"]["figure"] for each in said["places"]}
    assert crash == {"signed-cookie": 1, "sticky-memory": pytest.approx(2 / 3)}
    text = page.read_text()
    assert text.startswith("<!doctype html>")
    assert not re.search(r"<(?:link|script|img|iframe)\b|@import|url\(", text)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["redsi"], 'minisvc: There is no place "redsi". Did you mean "redis"? Known: '),
        (["payments-sqlite"], 'minisvc: "payments-sqlite" runs payments, and a cart is what is compared.\n'),
        (["--seed", "-1"], "minisvc: --seed is '-1'; it must be a whole number from 0 to 2147483648.\n"),
        (["memory", "--html", "/no/such/page"], "minisvc: /no/such/page cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_compared_is_told_before_anything_runs(args, told):
    done = compare(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)


def test_on_a_terminal_a_bar_moves_and_ctrl_c_ends_it():
    with Window(*MINISVC, "compare") as window:
        before = window.modes()
        window.wait_for(re.compile(r"1/\d .*signed-cookie").search)
        window.press(CTRL_C)
        assert window.end() == 130
        assert window.modes() == before
        assert "KeyboardInterrupt" not in window.raw
