"""The JSON Schemas for editors: what they see of a rules file and of answers, and what they leave to the advisor."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError

from advisor.answers import answers_of
from advisor.errors import AnswersError
from advisor.model import UNKNOWN, Rulebook
from advisor.rules import default_rules_file
from tests.advisor.conftest import SHOP
from tests.advisor.small_rules import SMALL_RULES
from tests.advisor.test_check_planted_faults import PLANTED
from tests.advisor.test_rules_faults import EDITS

RULES = default_rules_file()
LEFT_TO_THE_ADVISOR = (
    "Did you mean", "which is no", "covers", "no row for", "two rules with", "leaves no mechanism", "to itself",
    "it must be", "which means nothing", "Quote it",
)  # fmt: skip
"""What the advisor says of faults that lie between the parts of a file, or in all answers together."""
SEEN_ALL_THE_SAME = {'Did you mean "hybrid"?', 'Did you mean "source"?', 'Did you mean "facts"?'}


def schema(name: str) -> Draft202012Validator:
    found = json.loads(RULES.with_name(name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def faults(name: str, text: str) -> list[str]:
    try:
        data: Any = YAML(typ="safe", pure=True).load(text)
    except DuplicateKeyError as error:
        return [str(error)]
    return [error.message for error in schema(name).iter_errors(data)]


def test_the_shipped_rules_name_their_schema_in_the_first_line_and_pass_it() -> None:
    text = RULES.read_text(encoding="utf-8")
    first, _, name = text.splitlines()[0].partition("$schema=")
    assert first == "# yaml-language-server: "
    assert faults(name, text) == []
    assert faults(name, SMALL_RULES) == []


@pytest.mark.parametrize(("old", "new", "said"), [(old, new, said) for old, new, _, said in EDITS])
def test_the_schema_sees_each_fault_that_lies_in_one_place(old: str, new: str, said: str) -> None:
    found = faults("rules.schema.json", SMALL_RULES.replace(old, new, 1))
    if said in SEEN_ALL_THE_SAME or not any(words in said for words in LEFT_TO_THE_ADVISOR):
        assert found, said


def test_most_planted_faults_are_seen_by_the_advisor_alone_and_the_rest_by_the_schema_too() -> None:
    seen = {name for name, (text, _) in PLANTED.items() if faults("rules.schema.json", text)}
    assert seen == {"a key that stands twice", "points out of range"}


def test_the_schema_for_answers_knows_the_questions_that_are_shipped(rulebook: Rulebook) -> None:
    found = schema("answers.schema.json").schema
    asked = found["properties"]["answers"]["properties"]
    assert list(asked) == list(rulebook.questions)
    assert list(found["properties"]["system"]["properties"]) == [each.id for each in rulebook.system_questions]
    assert found["properties"]["archetype"]["enum"] == list(rulebook.archetypes)
    assert list(found["properties"]["priorities"]["properties"]) == list(rulebook.concerns)
    for question in rulebook.questions.values():
        if not question.is_number:
            assert found["$defs"][question.id]["enum"] == [*question.choices, UNKNOWN]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("version: 1", "version: 2"),
        ("spikes: flash", "spikes: flush"),
        ("spikes: flash", "spikes: unknown"),
        ("sessions: 20000", "sessions: many"),
        ("sessions: 20000", "sessions: -1"),
        ("sessions: 20000", "sessions: unknown"),
        ("archetype: cart", "archetype: carts"),
        ("archetype: cart", "kind: cart"),
        ("connection: request", "conection: request"),
        ("name: corner shop", "priorities: {cost: 2}"),
        ("name: corner shop", "priorities: {cost: 3}"),
        ("name: corner shop", "answers: {latency: ultra}"),
        ("- name: cart", "- nam: cart"),
        ("version: 1\n", ""),
    ],
)
def test_schema_and_advisor_agree_on_answers(rulebook: Rulebook, old: str, new: str) -> None:
    text = SHOP.replace(old, new, 1)
    try:
        answers_of(text, rulebook)
        sound = True
    except AnswersError:
        sound = False
    assert (faults("answers.schema.json", text) == []) is sound


def test_both_schemas_are_shipped_beside_the_rules() -> None:
    packaged = Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8")
    for name in ("rules.yaml", "rules.schema.json", "answers.schema.json"):
        assert f'"{name}" = "advisor/{name}"' in packaged
        assert RULES.with_name(name).is_file()
