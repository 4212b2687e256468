"""The soak, short: what the long run looks for must not be there in a short one either."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_under_load_and_crashes_everything_adds_up_and_nothing_is_sent_twice():
    command = [sys.executable, "soak.py", "--seconds", "7", "--every", "2", "--users", "100", "--rate", "200"]
    done = subprocess.run(command, cwd=ROOT / "benchmarks", capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {what.strip(): figure for what, figure in re.findall(r"│ ([a-z][^│]*)│ +([\d,]+) │", done.stdout)}
    assert int(figures["sent"].replace(",", "")) > 1000
    assert figures["unaccounted for"] == figures["of these, more than once"] == figures["threads left"] == "0"
    # The crashes were real: carts in memory were lost with them.
    assert int(figures["lost (told something else)"].replace(",", "")) > 0
