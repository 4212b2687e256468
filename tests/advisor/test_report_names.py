"""No name in an answer file can do anything to a terminal."""

import subprocess
from pathlib import Path

import pytest

from tests.advisor.conftest import Run

EVIL = """\
version: 1
name: "sys\\e[2Jtem"
components: [{name: "ca\\e]0;title\\art", archetype: cart}, {name: "dr\\bop", archetype: files, answers:
  {failure_tolerance: nothing}}]
"""


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    path = tmp_path / "evil.yaml"
    path.write_text(EVIL, encoding="utf-8")
    return path


def controls(done: "subprocess.CompletedProcess[str]") -> set[str]:
    return {letter for letter in done.stdout + done.stderr if not letter.isprintable()} - {"\n"}


@pytest.mark.parametrize("form", ["text", "markdown", "html", "mermaid", "svg", "json"])
def test_reports_hold_no_control_character(run: Run, evil: Path, form: str) -> None:
    done = run("recommend", "evil.yaml", "--format", form)
    assert done.returncode == 0
    assert controls(done) == set()


def test_neither_do_records_and_their_faults(run: Run, evil: Path) -> None:
    assert controls(run("recommend", "evil.yaml", "--format", "adr")) == set()


def test_neither_do_what_if_and_compare(run: Run, evil: Path) -> None:
    assert controls(run("what-if", "evil.yaml", "--set", "spikes=flat")) == set()
    assert controls(run("what-if", "evil.yaml", "--set", "latency=ultra")) == set()
    assert controls(run("compare", "evil.yaml", "evil.yaml")) == set()
    other = evil.with_name("other.yaml")
    other.write_text('version: 1\nname: "\\e[31mx"\narchetype: api\n', encoding="utf-8")
    assert controls(run("compare", "other.yaml", "evil.yaml")) == set()
