"""`minisvc load`: what it prints and writes, and that it can tell a loss from none."""

import csv
import json
import re
import subprocess

import pytest

from minisvc.cluster import Cluster
from tests.terminal import CTRL_C, MINISVC, Window

FIGURE = re.compile(r"^(up|correct) +[█░]* +([\d.]+)% +(\d+) (served|lost)", re.MULTILINE)


def load(*args: str) -> subprocess.CompletedProcess[str]:
    command = [*MINISVC, "load", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def figures(shown: str) -> dict[str, tuple[float, int]]:
    return {name: (float(part), int(count)) for name, part, count, _ in FIGURE.findall(shown)}


def test_carts_in_memory_without_sticky_routing_are_up_and_wrong():
    done = load("cart-in-memory", "--steps", "300", "--users", "20")
    assert (done.returncode, done.stderr) == (0, "")
    found = figures(done.stdout)
    assert found["up"] == (100.0, 300)
    assert found["correct"][0] < 90
    assert found["correct"][1] > 30


@pytest.mark.parametrize("layout", ["cart-signed-cookie", "sticky-cart", "cart-in-redis"])
def test_the_same_users_lose_nothing_where_the_cart_is_found_again(layout):
    done = load(layout, "--steps", "300", "--users", "20")
    assert figures(done.stdout) == {"up": (100.0, 300), "correct": (100.0, 0)}
    assert done.stderr == ""


def test_a_layout_s_fields_can_be_changed_for_the_load():
    done = load("cart-in-memory", "--affinity", "cookie", "--instances", "2", "--steps", "100", "--users", "5")
    assert figures(done.stdout)["correct"] == (100.0, 0)
    assert re.search(r"^shares +a \d+%  b \d+%   imbalance 1\.\d\d$", done.stdout, re.MULTILINE)


def test_figures_and_exchanges_are_written_for_other_programs(tmp_path):
    figures_file, exchanges = tmp_path / "load.json", tmp_path / "load.csv"
    done = load("sticky-cart", "--steps", "50", "--users", "5", "--json", str(figures_file), "--csv", str(exchanges))
    assert done.returncode == 0
    said = json.loads(figures_file.read_text())
    assert (said["served"], said["lost"], said["up"], said["correct"]) == (50, 0, 1.0, 1.0)
    assert (said["load"]["users"], said["load"]["seed"]) == (5, 1)
    with exchanges.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["user"]]
    assert len(rows) == 50
    assert {row["lost"] for row in rows} == {"False"}


def test_an_address_is_loaded_as_well():
    with Cluster("cart", affinity="cookie") as shop:
        done = load(shop.url, "--steps", "60", "--users", "6", "--rate", "300")
        assert shop.ledger.counts().served == 60
    assert figures(done.stdout) == {"up": (100.0, 60), "correct": (100.0, 0)}
    assert "shopper: 6 users, open load, 300 steps/s, poisson" in done.stdout
    assert re.search(r"^latency +p50 .* since due\n +p50 .* since sent$", done.stdout, re.MULTILINE)


def test_an_address_where_nobody_listens_serves_nothing():
    done = load("http://127.0.0.1:1", "--steps", "3", "--users", "3")
    assert done.returncode == 0
    assert re.search(r"^up .* 0\.0%   0 served, 3 failed$", done.stdout, re.MULTILINE)
    assert re.search(r"^correct .* -   0 lost of 0$", done.stdout, re.MULTILINE)
    assert re.search(r"^error +3 x no answer: ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["--users", "many", "--rate", "-1"],
            "users is 'many'; it must be a whole number from 1 to 20000.\nrate is -1;",
        ),
        (["--activity", "zip"], "activity 'zip' is not known. Did you mean \"zipf\"?"),
        (["--journey", "shoper"], "journey 'shoper' is not known. Did you mean \"shopper\"?"),
        (
            ["--json", "/no/such/folder/x.json"],
            "/no/such/folder/x.json cannot be written: No such file or directory.\n",
        ),
        (["wsgiref.simple_server:demo_app"], "Simulated users need a cart, and simple_server has none."),
        (["http://127.0.0.1:1", "--state", "redis"], "--state cannot change what runs at http://127.0.0.1:1 already;"),
        (
            ["https://127.0.0.1:1"],
            "address 'https://127.0.0.1:1' cannot be asked; it must be like http://127.0.0.1:8000.",
        ),
    ],
)
def test_what_cannot_be_loaded_is_told_before_anything_runs(args, told):
    done = load(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", [80, 40])
def test_ctrl_c_ends_it_and_what_was_done_still_counts(columns):
    command = (*MINISVC, "load", "sticky-cart", "--users", "10", "--rate", "100", "--duration", "600")
    with Window(*command, columns=columns) as window:
        before = window.modes()
        window.wait_for(re.compile(r"[1-9]\d* served, 0 failed").search)
        window.press(CTRL_C)
        assert window.end() == 130
        assert window.modes() == before
        assert "sticky-cart" in window.raw
        assert re.search(r"correct .*100\.0%", window.raw)
        assert "Traceback" not in window.raw
