"""docs/advisor.md says what the rules know."""

import re
from pathlib import Path

from advisor.answers import answers_of
from advisor.model import Rulebook
from advisor.rules import default_rules_file

DOCS = (Path(__file__).parents[2] / "docs" / "advisor.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", DOCS))


def test_every_question_option_band_and_fact_appears(rulebook: Rulebook) -> None:
    for question in rulebook.questions.values():
        rows = [line for line in DOCS.splitlines() if line.startswith(f"| `{question.id}` |")]
        assert len(rows) == 1, question.id
        assert set(question.choices) <= set(re.findall(r"`([^`]+)`", rows[0])), question.id
    for fact in rulebook.facts.values():
        assert {fact.id, *fact.choices} <= CODE


def test_every_mechanism_archetype_and_concern_appears(rulebook: Rulebook) -> None:
    known = {*rulebook.mechanisms, *rulebook.archetypes, *rulebook.concerns}
    assert known <= CODE, known - CODE


def test_the_three_words_are_defined_as_in_the_rules(rulebook: Rulebook) -> None:
    prose = " ".join(DOCS.replace("> ", "").split())
    for definition in rulebook.words.values():
        assert definition in prose


def test_the_answer_file_in_the_docs_is_sound(rulebook: Rulebook) -> None:
    files = [block for block in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL) if block.startswith("version: 1")]
    assert files
    for block in files:
        assert answers_of(block, rulebook).components


def test_the_rule_in_the_docs_is_one_of_the_file() -> None:
    rule = next(block for block in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL) if "because:" in block)
    indented = "".join(f"  {line}\n" for line in rule.splitlines())
    assert indented in default_rules_file().read_text(encoding="utf-8")
