"""docs/claims.md is made from the claims, and docs/minisvc.md tells all that the commands can."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from minisvc import claims
from minisvc.claims.claim import Claim, Source
from minisvc.claims.reference import markdown

ROOT = Path(claims.__file__).parents[2]
COMMANDS = (ROOT / "docs" / "minisvc.md").read_text()


def section(title: str) -> str:
    return COMMANDS.partition(f"## {title}\n")[2].partition("\n## ")[0]


def said(*args: str) -> str:
    command = [sys.executable, "-m", "minisvc", *args]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_page_is_what_the_command_prints():
    made = said("claims", "--markdown")
    assert made == markdown()
    assert (ROOT / "docs" / "claims.md").read_text() == made, "renew it: minisvc claims --markdown > docs/claims.md"


def test_every_claim_is_on_the_page_with_all_about_it():
    text = markdown()
    for each in claims.every():
        about = text.partition(f"\n### {each.id}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
        flat = " ".join(about.split())
        for words in (each.says, each.when, each.predicts, each.derivation, each.control):
            assert " ".join(words.split()) in flat
        assert all(f"]({source.url}), {source.section}" in flat for source in each.sources)
        assert f"`minisvc claims run {each.id}`" in about
        assert f"| [`{each.id}`](#{each.id}) |" in text


def test_a_bar_in_a_sentence_does_not_break_the_table():
    made_up = Claim("x", claims.GROUPS[0], "a|b.", "c.", "d", "e.", "f.", (Source("g", "h", "https://i"),), print)
    assert "| [`x`](#x) | a\\|b. |\n" in markdown((made_up,))


def test_groups_without_a_claim_have_no_heading():
    (one, *_) = claims.every()
    assert re.findall(r"^## (.*)$", markdown((one,)), re.MULTILINE) == [one.group]


@pytest.mark.parametrize(
    ("title", "commands"),
    [("minisvc claims", [["claims"], ["claims", "run"]]), ("minisvc compare", [["compare"]])],
)
def test_every_option_is_explained_and_exists(title, commands):
    options = {word for command in commands for word in re.findall(r"--[a-z]+", said(*command, "--help"))} - {"--help"}
    assert set(re.findall(r"`(--[a-z]+)", section(title))) == options


def test_every_group_can_be_named_as_the_page_says():
    told = re.findall(r"`([a-z-]+)`", section("minisvc claims").partition("| `--group G` |")[2].partition("\n")[0])
    assert told == [re.sub(r"[^a-z]+", "-", group.lower()) for group in claims.GROUPS]
