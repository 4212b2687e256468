"""Systems that run, as their makers describe them: the advisor names the mechanism that they really use."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from advisor.check import disagreements, load_golden
from advisor.check.golden import GoldenCase
from advisor.model import Rulebook
from advisor.rules import load_rules

PLACE = Path(__file__).with_name("golden") / "systems.yaml"
WRITTEN: list[dict[str, Any]] = YAML(typ="safe").load(PLACE)["cases"]
CASES = load_golden(PLACE, load_rules())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file.name)
def test_the_advisor_names_what_the_system_really_uses(rulebook: Rulebook, case: GoldenCase) -> None:
    assert case.mechanism
    assert case.overall
    assert disagreements(rulebook, (case,)) == ()


def test_there_are_25_systems_or_more_and_each_says_where_it_was_read() -> None:
    assert len({case["name"] for case in WRITTEN}) == len(WRITTEN) >= 25
    for case in WRITTEN:
        assert case["source"].startswith("https://"), case["name"]


def test_each_system_stands_below_what_was_read_of_it() -> None:
    lines = PLACE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  - name:"):
            assert lines[number - 1].startswith("  # "), line


def test_every_mechanism_is_used_by_a_system(rulebook: Rulebook) -> None:
    assert set(rulebook.mechanisms) == {case.mechanism for case in CASES}
