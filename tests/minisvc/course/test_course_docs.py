"""docs/course.md shows code that runs, and what it prints."""

import re
import subprocess
import sys
from pathlib import Path

import minisvc.course

DOC = Path(__file__).parents[3] / "docs" / "course.md"


def test_the_code_prints_what_the_page_says() -> None:
    found = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", DOC.read_text(), re.DOTALL)
    assert found
    code, printed = found.groups()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == printed


def test_every_part_of_a_lesson_that_is_named_there_is_public() -> None:
    named = re.findall(r"`(\w+)\(", DOC.read_text())
    assert {*named} - {"panel"} <= {*minisvc.course.__all__, "run"}
