"""YAML 1.2 into nodes with places, the same from either of ruamel's parsers."""

import pytest

import advisor.document
from advisor.document import C_PARSERS, parse
from advisor.errors import FileError
from advisor.nodes import Node
from advisor.rules import default_rules_file


@pytest.fixture(params=["pure", "c"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each parser in turn; the C one only where it is installed."""
    if request.param == "pure":
        monkeypatch.setattr(advisor.document, "C_PARSERS", ())
    elif not any(_installed(name) for name in C_PARSERS):
        pytest.skip("ruamel.yaml's C parser is not installed")
    return str(request.param)


def _installed(name: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec(name) is not None


def plain(node: Node) -> object:
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "mapping":
        return {str(key.value): plain(value) for key, value in node.pairs}
    return node.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("0x1f", 31),
        ("010", 10),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.INF", float("-inf")),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("off", "off"),
        ("null", None),
        ("~", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("2026-11-22", "2026-11-22"),
        ("1:30", "1:30"),
        ("[1, 'b']", [1, "b"]),
        ("a: {b: [c]}", {"a": {"b": ["c"]}}),
        ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
        ("{a: why?, b: 2}", {"a": "why?", "b": 2}),
        ("a: >-\n  one\n  two", {"a": "one two"}),
    ],
)
def test_values_are_those_of_yaml_1_2(parser: str, text: str, value: object) -> None:
    node = plain(parse(text, "x.yaml"))
    assert node == value
    assert type(node) is type(value)


def test_nodes_know_their_line_and_column(parser: str) -> None:
    root = parse("a: 1\nb:\n  - c\n  - 'd'\n", "x.yaml")
    sequence = root.pairs[1][1]
    assert [str(item.place) for item in sequence.items] == ["x.yaml:3:5", "x.yaml:4:5"]
    assert [item.plain for item in sequence.items] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,\nb: 2", ": this is not YAML: "),
        ("a: 1\n\tb: 2", "x.yaml:2:1: this is not YAML: found "),
        ("--- a\n--- b", "x.yaml:2:1: this is a second document."),
        ("# nothing\n", "x.yaml: this file holds nothing but comments."),
        ("a: \x00", "x.yaml: this is not YAML: "),
        ("a: &x [*x]", "x.yaml:1:8: the alias *x has no value yet."),
        ("a: !!python/name:os.system 1", "x.yaml:1:4: the tag tag:yaml.org,2002:python/name:os.system means nothing"),
        ("[" * 600 + "]" * 600, "x.yaml: this file is nested too deeply."),
    ],
    ids=["unclosed", "tab", "two documents", "comments", "binary", "endless", "tag", "deep"],
)
def test_what_cannot_be_read_is_told_with_its_place(parser: str, text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(text, "x.yaml")
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1


def test_a_number_too_long_to_be_one_stays_a_text(parser: str) -> None:
    assert parse("9" * 5000, "x.yaml").kind in {"str", "float"}


def test_the_parsers_agree_on_the_shipped_rules(parser: str) -> None:
    text = default_rules_file().read_text(encoding="utf-8")
    root = parse(text, "rules.yaml")
    assert [str(key.value) for key, _ in root.pairs][:3] == ["version", "words", "questions"]
    assert str(root.pairs[0][0].place) == f"rules.yaml:{text.splitlines().index('version: 1') + 1}:1"
