"""docs/advisor-reports.md says what the commands do."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.report.data import data_of
from advisor.report.forms import SUFFIXES
from tests.advisor.cases import SHIPPED, case_of
from tests.advisor.conftest import SHOP

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "advisor-reports.md").read_text(encoding="utf-8")
RUNS = [block for block in re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL) if block.count("$ ") == 1]


@pytest.mark.parametrize("block", RUNS, ids=[block.split()[2] for block in RUNS])
def test_the_commands_say_what_the_page_shows(block: str) -> None:
    command, _, shown = block.removeprefix("$ ").partition("\n")
    program, *args = shlex.split(command)
    done = subprocess.run(
        [sys.executable, "-m", program, *args],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    beginning, more, _ = shown.partition("[...]\n")
    assert done.stdout.startswith(beginning) if more else done.stdout == beginning


def test_three_commands_are_shown_with_what_they_say() -> None:
    assert [block.split()[2] for block in RUNS] == ["what-if", "compare", "explain"]


def test_every_form_is_in_the_table() -> None:
    assert re.findall(r"^\| `([a-z]+)` \| ", DOCS.partition("`--output` names")[0], re.MULTILINE) == list(SUFFIXES)


def test_every_key_of_the_json_is_told_and_no_other() -> None:
    data = data_of(case_of(SHOP).advice, SHIPPED)
    table = DOCS.partition("### Keys of the JSON")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`([a-z_]+)`", " ".join(rows))) == sorted(data["components"][0])
    assert {f"`{key}`" for key in data} <= set(re.findall(r"`[a-z_]+`", table))
