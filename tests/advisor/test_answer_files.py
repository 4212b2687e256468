"""Answer files: what is allowed, what is refused, and how that is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import answers_of, load_answers, save_answers, value_of, written
from advisor.errors import AnswersError, FileError
from advisor.model import UNKNOWN, AnswerFile, Component, Rulebook
from advisor.rules import load_rules
from tests.advisor.conftest import SHOP

SHIPPED = load_rules()


def faults_of(text: str, rulebook: Rulebook) -> list[str]:
    with pytest.raises(AnswersError) as caught:
        answers_of(text, rulebook, "a.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_the_contract_example_is_read(rulebook: Rulebook) -> None:
    file = answers_of(SHOP, rulebook)
    assert file.name == "corner shop"
    assert file.system["sessions"] == 20000
    assert file.components == (
        Component("cart", "cart", {"connection": "request", "continuity": "draft", "failure_tolerance": "retry"}),
    )


def test_one_component_may_be_written_short(rulebook: Rulebook) -> None:
    file = answers_of("version: 1\nname: pay\narchetype: api\nanswers: {repeat: harmful, spikes: flash}", rulebook)
    assert file.components == (Component("pay", "api", {"repeat": "harmful", "spikes": "flash"}),)


def test_json_is_read_even_when_tabs_indent_it(rulebook: Rulebook) -> None:
    file = answers_of('{\n\t"version": 1,\n\t"answers": {"rebuild": "yes"}\n}', rulebook)
    assert file.components[0].answers == {"rebuild": "yes"}


def test_an_unquoted_yes_is_the_word_it_is_in_yaml_1_2(rulebook: Rulebook) -> None:
    assert answers_of("version: 1\nanswers: {rebuild: yes}", rulebook).components[0].answers == {"rebuild": "yes"}


def test_unknown_is_an_answer_to_everything(rulebook: Rulebook) -> None:
    file = answers_of("version: 1\nanswers: {sessions: unknown, latency: unknown}", rulebook)
    assert file.components[0].answers == {"sessions": UNKNOWN, "latency": UNKNOWN}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 2\nanswers: {}", "a.yaml:1:10: version is 2; this advisor reads 1."),
        ("version: one\nanswers: {}", "version is one; this advisor reads 1."),
        ("answers: {}", 'an answer file lacks "version".'),
        ("version: 1", "there is nothing to advise on."),
        ("version: 1\ncomponents: []", "there are no components."),
        ("[1, 2]", "a.yaml:1:1: an answer file must be a mapping, but is a list."),
        ("just words", "an answer file must be a mapping, but is a text."),
        ("version: 1\nanswers: {latencyy: batch}", 'Did you mean "latency"?'),
        ("version: 1\nanswers: {latency: realtme}", 'latency in answers of service is "realtme"'),
        ("version: 1\nanswers: {latency: realtme}", 'Did you mean "realtime"?'),
        ("version: 1\nanswers: {latency: [batch]}", "must be a text, but is a list."),
        ("version: 1\nanswers: {rebuild: true}", "must be a text, but is a truth value (true)."),
        (
            "version: 1\nanswers: {sessions: -5}",
            "sessions in answers of service is -5; it must be from 0 to 1,000,000,000,000,000.",
        ),
        ("version: 1\nanswers: {sessions: .inf}", "is inf; it must be from 0 to 1,000,000,000,000,000."),
        ("version: 1\nanswers: {sessions: .nan}", "is nan; it must be from 0 to 1,000,000,000,000,000."),
        (f"version: 1\nanswers: {{sessions: {'9' * 400}}}", "is inf; it must be from 0 to 1,000,000,000,000,000."),
        ("version: 1\nanswers: {sessions: many}", 'must be a number, but is "many".'),
        ("version: 1\nsystem: {latency: batch}\nanswers: {}", 'system has the key "latency", which means nothing.'),
        ("version: 1\narchetype: crat\nanswers: {}", 'Did you mean "cart"?'),
        ("version: 1\nanswers: {}\ncomponents: []", "answers and components exclude each other."),
        ("version: 1\ncomponents: [{name: a}, {name: a}]", 'two components with the name "a".'),
        ("version: 1\ncomponents: [{archetype: api}]", 'component 1 lacks "name".'),
        ("version: 1\nanswers: {}\nanswers: {}", 'has the key "answers" twice.'),
        ("version: 1\nanswers: {}\npriorities: {cost: 3}", "priority of cost is 3.\n  Allowed: 0 to 2."),
        ("version: 1\nanswers: {}\npriorities: {costs: 1}", 'Did you mean "cost"?'),
    ],
)
def test_a_fault_says_what_and_where(rulebook: Rulebook, text: str, said: str) -> None:
    faults = faults_of(text, rulebook)
    assert any(said in fault for fault in faults), faults


def test_all_faults_come_at_once(rulebook: Rulebook) -> None:
    text = "version: 3\nsystem: {sessions: -1, spikes: sometimes}\n"
    text += "components:\n  - {name: a, archetype: b, answers: {x: y}}"
    places = [fault.split(": ")[0] for fault in faults_of(text, rulebook)]
    assert places == ["a.yaml:1:10", "a.yaml:4:26", "a.yaml:4:39", "a.yaml:2:20", "a.yaml:2:32"]


def test_unreadable_files_get_one_clear_message(rulebook: Rulebook, tmp_path: Path) -> None:
    binary, empty = tmp_path / "binary.yaml", tmp_path / "empty.yaml"
    binary.write_bytes(b"\x7fELF\x00\xff\xfe")
    empty.write_text("\n", encoding="utf-8")
    for path, said in (
        (tmp_path, "this is a directory, not a file."),
        (tmp_path / "no.yaml", "there is no such file."),
        (binary, "this is not text in UTF-8."),
        (empty, "this file is empty."),
    ):
        with pytest.raises(FileError) as caught:
            load_answers(path, rulebook)
        assert str(caught.value).startswith(f"{path}: {said}")
        assert len(caught.value.faults) == 1


def test_what_is_saved_reads_back_the_same(rulebook: Rulebook, tmp_path: Path) -> None:
    file = AnswerFile(
        'a "shop": yes, #1',
        (Component("no", "cart", {"rebuild": "no", "latency": UNKNOWN, "spikes": "flat"}), Component("ünï", None)),
        {"sessions": 20000, "requests_per_second": 0.5, "bytes_per_session": 1e9},
        {"cost": 2},
    )
    save_answers(tmp_path / "a.yaml", file)
    assert load_answers(tmp_path / "a.yaml", rulebook) == file
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"], "nothing is left beside it"


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the answers cannot be saved here: "):
        save_answers(tmp_path / "missing" / "a.yaml", AnswerFile("x", ()))


names = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)


@given(name=names, number=st.floats(0, 1e12) | st.integers(0, 10**12))
def test_any_name_and_number_survive_saving(name: str, number: float) -> None:
    file = AnswerFile(name, (Component(name),), {"sessions": number})
    assert answers_of(written(file), SHIPPED) == file


@pytest.mark.parametrize(("typed", "value"), [("20,000", 20000), (" 1_000 ", 1000), ("0.5", 0.5), ("unknown", UNKNOWN)])
def test_numbers_are_read_as_people_type_them(rulebook: Rulebook, typed: str, value: object) -> None:
    assert value_of(typed, rulebook.questions["sessions"]) == value


@pytest.mark.parametrize("typed", ["-1", "many", "", "inf", "nan", "1e16", "9" * 400])
def test_what_is_no_number_is_refused(rulebook: Rulebook, typed: str) -> None:
    with pytest.raises(AnswersError, match="is no number from 0 to 1,000,000,000,000,000"):
        value_of(typed, rulebook.questions["sessions"])
