"""The page on edge caches: its example prints what it says, and its figures are the code's."""

import re
import subprocess
import sys
from pathlib import Path

from minisvc.edge import TIMEOUT_S
from minisvc.edge.answer import ERRORS, MOST_BODY_BYTES, NEVER_STALE, SHARED
from minisvc.edge.shelf import MOST_CHOICES, MOST_TARGETS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "edge.md").read_text()


def test_the_example_prints_what_the_page_says():
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    printed = done.stdout.splitlines()
    assert (len(printed), done.returncode) == (4, 0), done.stderr
    # How much of its five seconds is left depends on the machine.
    assert re.fullmatch(r"statewise-edge; hit; ttl=[0-5]", printed[1])
    assert all(f"# {line}" in code for line in (printed[0], "statewise-edge; hit; ttl=4", *printed[2:]))


def test_the_page_says_what_the_code_has():
    assert f"timeout_s={TIMEOUT_S:g}" in PAGE
    assert MOST_BODY_BYTES == 2**20
    assert "more than 1 MB" in PAGE
    assert f"up to {MOST_CHOICES}." in PAGE
    assert f"{MOST_TARGETS:,} addresses" in PAGE
    assert ", ".join(map(str, sorted(ERRORS)[:3])) + f" or {sorted(ERRORS)[3]}" in PAGE
    assert [each for each in {*NEVER_STALE, *SHARED} if f"`{each}" not in PAGE] == []
