"""What the README says works, word for word."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def fenced(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("code", "shown"), list(zip(fenced("python"), fenced("text"), strict=True)), ids=["crash", "load", "claim"]
)
def test_the_examples_give_what_the_readme_shows(code, shown):
    assert run([sys.executable, "-c", code]) == shown


def test_the_advice_is_what_the_readme_shows():
    (block,) = fenced("console")
    command, _, shown = block.removeprefix("$ ").partition("\n")
    program, *args = shlex.split(command)
    given = run([sys.executable, "-m", program, *args], COLUMNS="80", NO_COLOR="1")
    beginning, _, left_out = shown.partition("[...]\n")
    assert left_out == ""
    assert "\n".join(line.rstrip() for line in given.splitlines()).startswith(beginning.rstrip())


def test_every_make_target_that_the_docs_name_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for doc in DOCS for name in re.findall(r"(?:`|^)make ([a-z]+)", doc.read_text(), re.MULTILINE)}
    assert named
    assert named <= targets


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_file_that_a_page_links_to_exists(doc):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", doc.read_text())
    assert [link for link in links if not (doc.parent / link).exists()] == []
