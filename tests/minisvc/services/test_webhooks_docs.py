"""The page on webhooks: its examples run and print what they say, and its figures are the code's."""

import re
import subprocess
import sys
from pathlib import Path

from minisvc.services import webhooks
from minisvc.users.sender import FIRST_PAUSE_S, LONGEST_PAUSE_S, TRIES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "webhooks.md").read_text()
PRINTED = ["502", "True", "1", "True False", "True True"]


def test_the_examples_print_what_the_page_says():
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.stdout.splitlines(), done.returncode) == (PRINTED, 0), done.stderr
    said = re.findall(r"print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert len(said) == 4
    assert all(any(printed in each for each in said) for printed in PRINTED)


def test_the_page_names_every_route_every_problem_and_every_receiver():
    rules = {rule.rule for rule in webhooks.create_app("a").url_map.iter_rules()}
    assert [rule for rule in rules - {"/static/<path:filename>", "/healthz"} if f" {rule}`" not in PAGE] == []
    source = Path(webhooks.__file__).read_text()
    words = set(re.findall(r'Problem\(\d+, "([a-z-]+)"', source))
    assert words == {"no-event", "database-down"}
    receivers = set(re.findall(r"^def (ids_\w+)", source, re.MULTILINE))
    assert len(receivers) == 2
    assert [
        each for each in words | {f"minisvc.services.webhooks:{name}" for name in receivers} if each not in PAGE
    ] == []


def test_the_page_says_how_a_sender_repeats():
    assert f"from\n{FIRST_PAUSE_S:g} s to {LONGEST_PAUSE_S:g} s and are drawn at random ({TRIES} tries" in PAGE
