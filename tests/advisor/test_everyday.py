"""The quick reader of everyday YAML and JSON: what it takes, it reads as the parser for all of it does."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.document import parsed
from advisor.errors import FileError
from advisor.everyday import everyday

BLOCKS = """\
version: 1
name: corner shop   # a comment
# another one
system: {sessions: 20000, requests_per_second: 400.5, spikes: flash, budget: "moderate"}
priorities: {}
components:
  - name: cart
    archetype: cart
    answers: {connection: request, continuity: 'draft', lists: [1, [a b, -2], {}]}

  -   name: api
      answers:
        continuity: none
        sessions: 1e6
others:
- a
- null
"""
JSON = json.dumps(
    {"version": 1, "system": {"sessions": 5, "rate": 1.5e10}, "components": [{"name": "a b", "answers": {"b": True}}]},
    indent=2,
)
FRAGMENTS = [
    *"\n -\"'{}[]:#,a1.?|>&*!\\%@`=~\t\ré",
    "  ",
    "- ",
    ": ",
    " #",
    "---",
    "...",
    "a: b",
    "- a",
    "\n  ",
    "\n- ",
]


@pytest.mark.parametrize("text", [BLOCKS, JSON, json.dumps(json.loads(JSON))])
def test_everyday_files_are_read_without_the_other_parser(text: str) -> None:
    found = everyday(text, "a.yaml")
    assert found is not None
    assert found == parsed(text, "a.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a",
        "a:\n",
        "a: b: c\n",
        "a: |\n  text\n",
        "a: &b c\n",
        "a: *b\n",
        "a: !!str 1\n",
        "a: b\n c\n",
        "? a\n: b\n",
        'a: "\\n"\n',
        "a: 'it''s'\n",
        "a: {b: c\n  , d: e}\n",
        "a: {b}\n",
        "a: [b,]\n",
        "---\na: b\n",
        "a: b\n...\n",
        "a:\tb\n",
        "a: é\n",
        " a: b\nc: d\n",
        '{"a":1}',
        "[" * 60 + "]" * 60,
    ],
)
def test_whatever_is_not_everyday_is_left_to_the_other_parser(text: str) -> None:
    assert everyday(text, "a.yaml") is None


def same(text: str) -> None:
    found = everyday(text, "a.yaml")
    if found is not None:
        assert found == parsed(text, "a.yaml")


@st.composite
def edited(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([BLOCKS, JSON]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *FRAGMENTS])) + text[at + draw(st.sampled_from([0, 0, 1, 2, 5])) :]
    return text


@given(edited() | st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
@settings(max_examples=400, deadline=None)
def test_no_text_is_read_in_two_ways(text: str) -> None:
    try:
        same(text)
    except FileError as error:
        pytest.fail(f"taken, though it is not YAML: {error}")


scalars = st.sampled_from(
    ["a", "a b", "1", "-2.5", "0x1f", ".5", "1e3", "true", "null", "no", "a-b.c", '"a: b"', "'#'"]
)
flows = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]")
        | st.lists(inner, max_size=3).map(
            lambda each: f"{{{', '.join(f'k{at}: {one}' for at, one in enumerate(each))}}}"
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(["", "  ", "    "]), st.sampled_from(["", "- ", "a: ", "- a: "]), flows)))
@settings(max_examples=400, deadline=None)
def test_lines_in_any_order_are_read_alike(lines: list[tuple[str, str, str]]) -> None:
    try:
        same("\n".join(map("".join, lines)))
    except FileError as error:
        pytest.fail(f"taken, though it is not YAML: {error}")


def test_answer_files_that_the_advisor_writes_are_everyday(tmp_path: Path) -> None:
    from advisor.answers import load_answers, written  # noqa: PLC0415
    from advisor.rules import load_rules  # noqa: PLC0415

    file = tmp_path / "a.yaml"
    file.write_text("version: 1\narchetype: cart\nanswers: {continuity: draft, sessions: 1.5e5}\n", encoding="utf-8")
    assert everyday(written(load_answers(file, load_rules())), "a.yaml") is not None
