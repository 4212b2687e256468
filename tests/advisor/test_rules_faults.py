"""A rules file that breaks its scheme: every fault is told, with its place and what to do."""

import pytest

from advisor.errors import RulesError
from advisor.rules import rulebook_of
from tests.advisor.small_rules import SMALL_RULES


def faults_of(text: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        rulebook_of(text, "rules.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_the_small_rules_are_sound() -> None:
    assert len(rulebook_of(SMALL_RULES).rules) == 3


def line_of(text: str) -> int:
    """Where a text begins in the small rules, counting lines from 1."""
    return SMALL_RULES[: SMALL_RULES.index(text)].count("\n") + 1


# What to replace, by what, where the fault is to be told ("": where the text was), and how.
EDITS = [
    ("points: {plain: 2}", "points: {plain: 4}", "", "is 4.\n  Allowed: -3 to 3."),
    ("points: {plain: 2}", "points: {plain: 0}", "", "gives plain 0 points, which says nothing."),
    ("points: {plain: 2}", "points: {plain: 1.5}", "", "must be a whole number, but is a number."),
    ("points: {plain: 2}", "points: {plane: 2}", "", 'Did you mean "plain"?'),
    ("concern: wires", "concern: wire", "", 'Did you mean "wires"?'),
    ("when: {talk: [calls]}, points", "when: {talks: [calls]}, points", "", 'Did you mean "talk"?'),
    ("when: {talk: [calls]}, points", "when: {talk: [call]}, points", "", "which is no answer to talk."),
    ("when: {talk: [calls]}, points", "when: {talk: calls}, points", "", "must be a list, but is a text."),
    ("when: {talk: [calls]}, points", "when: {talk: []}, points", "", "is an empty list."),
    ("when: {talk: [calls]}, points", "when: {}, points", "", "has no condition."),
    ("when: {talk: [calls]}, points", "when: {talk: [yes]}, points", "", 'Quote it: "yes".'),
    ("because: calls stand alone., ", "", "id: calls-are-plain", 'rule "calls-are-plain" lacks "because".'),
    ('source: "https://example.org/e"', "source: a book", "", "is no web address."),
    ('source: "https://example.org/e"', "because: again", "", 'has the key "because" twice.'),
    ('source: "https://example.org/e"', "sauce: x", "", 'Did you mean "source"?'),
    ("id: calls-are-plain", "id: carts-weak", "", 'two rules with the id "carts-weak".'),
    ("removes: [memory]", "removes: [plain, store, memory]", "", "leaves no mechanism at all."),
    ("removes: [memory]", "removes: [memory], keeps: [plain]", "", "needs either removes or keeps."),
    ("many: {from: 100", "many: {from: 0", "", "it must be more than 0."),
    ("few: {from: 0", "few: {from: 5", "", "it must be 0, since it is the first."),
    ("add: store", "add: memory", "", "adds memory to itself."),
    ("class: hybrid, summary", "class: hybird, summary", "", 'Did you mean "hybrid"?'),
    ("answers: {talk: calls, keep", "answers: {users: few, keep", "", '"users", which means nothing.'),
    ("product: [users, bytes]", "product: [users, talk]", "", "which is no number."),
    ("version: 1", "version: 2", "", "version is 2."),
    (
        "    - {components: [hybrid], class: hybrid}\n",
        "",
        "component:\n    - {primary",
        "no row for components hybrid.",
    ),
    ("{components: [hybrid], class", "{components: [stateful], class", "", "covers components stateful again."),
    (
        "beside: [none, stateless], class",
        "beside: [none], class",
        "component:\n    - {primary",
        "no row for primary stateless, beside stateless",
    ),
    ("facts:", "farts:", "", 'Did you mean "facts"?'),
]


@pytest.mark.parametrize(("old", "new", "at", "said"), EDITS, ids=lambda value: value[:40])
def test_a_planted_fault_is_found_at_its_line(old: str, new: str, at: str, said: str) -> None:
    assert old in SMALL_RULES
    place = f"rules.yaml:{line_of(at or old)}:"
    faults = faults_of(SMALL_RULES.replace(old, new, 1))
    assert any(fault.startswith(place) and said in fault for fault in faults), "\n".join(faults)


def test_five_faults_are_reported_at_once_with_line_and_column() -> None:
    text = SMALL_RULES
    for old, new in (
        ("class: stateful, summary", "class: statefull, summary"),
        ("concern: wires", "concern: wire"),
        ("points: {plain: 2}", "points: {plain: 7}"),
        ("keeps: [memory]", "keeps: [memmory]"),
        ("add: store", "ad: store"),
    ):
        text = text.replace(old, new, 1)
    faults = faults_of(text)
    places = [fault.split(": ")[0] for fault in faults]
    assert places == [
        "rules.yaml:20:34",
        "rules.yaml:27:56",
        "rules.yaml:34:36",
        "rules.yaml:34:81",
        "rules.yaml:37:5",
        "rules.yaml:37:55",
    ], "\n".join(faults)
    assert "lacks" in faults[4], "a misspelt key is also a missing one"


@pytest.mark.parametrize("text", ["[]", "just words", "3", "null", "{}", "version: yes", "rules: 3\nwords: []"])
def test_another_shape_of_yaml_is_a_fault_and_no_crash(text: str) -> None:
    assert faults_of(text)
