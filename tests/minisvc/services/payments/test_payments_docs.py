"""The page on payments: its examples run and print what they say, and it names every route and problem."""

import re
import subprocess
import sys
from pathlib import Path

from minisvc.services.idempotency import Habits
from minisvc.services.idempotency_keys import KeyMissing, KeyMisused, KeyUnderWay
from minisvc.services.payments import create_app

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "payments.md").read_text()
PRINTED = ["502", "201 true", "422", "250", "True False", "True True", "{'sum': 2}"]


def test_the_examples_print_what_the_page_says():
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.stdout.splitlines(), done.returncode) == (PRINTED, 0), done.stderr
    said = re.findall(r"print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert len(said) == 6
    assert all(any(printed in each for each in said) for printed in PRINTED)


def test_the_page_names_every_route_and_every_problem():
    rules = {rule.rule.replace("int:number", "id") for rule in create_app("a").url_map.iter_rules()}
    assert [rule for rule in rules - {"/static/<path:filename>", "/healthz"} if f" {rule}`" not in PAGE] == []
    source = (ROOT / "minisvc/services/payments.py").read_text()
    words = {each.problem for each in (KeyMissing, KeyMisused, KeyUnderWay)}
    words |= set(re.findall(r'Problem\(\d+, "([a-z-]+)"', source))
    assert len(words) == 8
    assert [word for word in words if f"`{word}`" not in PAGE] == []


def test_the_page_says_how_long_keys_and_claims_last():
    assert (Habits().kept_s, Habits().lease_s) == (24 * 3600, 5)
    assert "kept for 24 hours" in PAGE
    assert "A claim lasts five seconds" in PAGE
