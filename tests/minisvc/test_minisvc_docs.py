"""docs/minisvc.md says all there is to say, and nothing that is not so."""

import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from minisvc import layout as known
from minisvc import layouts
from minisvc.layout import HealthCheck, Layout, Service
from minisvc.layout_file import HEAD, read
from minisvc.live.keys import COMMANDS

DOC = Path(__file__).parents[2] / "docs" / "minisvc.md"
TEXT = DOC.read_text()
LISTED = ("SERVICES", "STATES", "POLICIES", "AFFINITIES", "RETRIES", "HOSTS", "BALANCERS")


def section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def table(after: str) -> dict[str, str]:
    """The second cells of the first table after a text, by the first cells."""
    rows = TEXT.partition(after)[2].partition("|---|")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", rows, re.MULTILINE))


@pytest.mark.parametrize(
    ("noun", "after", "more"),
    [
        (Layout, "is told at once", HEAD),
        (Service, "Fields of a service:", ()),
        (HealthCheck, "Fields of `health`:", ()),
    ],
)
def test_every_field_is_explained_with_its_default(noun, after, more):
    told = table(after)
    assert set(told) == {*(each.name for each in fields(noun)), *more}
    for each in fields(noun):
        if each.default not in {MISSING, None} and not isinstance(each.default, tuple):
            shown = f"{each.default:g}" if isinstance(each.default, float) else str(each.default)
            assert told[each.name] == f"`{shown}`"


@pytest.mark.parametrize("name", LISTED)
def test_every_allowed_value_is_named(name):
    assert [value for value in getattr(known, name) if f"`{value}`" not in section("Layout files")] == []


def test_every_key_is_explained():
    keys = section("minisvc up")
    assert [
        each.key for each in COMMANDS if not re.search(rf"^\|.*`{re.escape(each.key)}`.* \|", keys, re.MULTILINE)
    ] == []


def test_every_shipped_layout_is_named():
    assert [name for name in layouts.names() if f"`{name}`" not in section("minisvc layouts")] == []


@pytest.mark.parametrize("command", ["up", "load", "layouts"])
def test_every_option_is_explained_and_exists(command):
    done = subprocess.run(
        [sys.executable, "-m", "minisvc", command, "--help"], capture_output=True, text=True, check=True
    )
    options = set(re.findall(r"--[a-z]+", done.stdout)) - {"--help"}
    told = set(re.findall(r"`(--[a-z]+)", section(f"minisvc {command}")))
    shared = set(re.findall(r"`(--[a-z]+)", section("minisvc up").rpartition("These change the layout")[2]))
    assert options <= told | shared
    assert told <= options | shared


@pytest.mark.parametrize("example", re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE))
def test_every_example_is_a_layout(example, tmp_path):
    file = tmp_path / "example.yaml"
    file.write_text(example)
    assert read(file).services


def test_no_line_of_prose_is_too_long():
    assert [line for line in TEXT.splitlines() if len(line) > 120 and not line.startswith("|")] == []
