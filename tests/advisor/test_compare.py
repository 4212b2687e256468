"""Answer files side by side, and which of their differences decide."""

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from rich.console import Console

from advisor.answers import answers_of
from advisor.engine.compare import compare
from advisor.model import AnswerFile, Component, Rulebook
from advisor.model.comparison import Comparison, ComponentComparison
from advisor.report.side_by_side import show
from advisor.rules import rulebook_of
from tests.advisor.by_hand import winner_with
from tests.advisor.cases import SHIPPED, answer_sets
from tests.advisor.conftest import SHOP, Run
from tests.advisor.small_rules import SMALL_RULES

SMALL = rulebook_of(SMALL_RULES)


def compared(*texts: str, book: Rulebook = SHIPPED) -> Comparison:
    return compare(book, [answers_of(text, book) for text in texts])


def only(comparison: Comparison) -> ComponentComparison:
    (component,) = comparison.components
    return component


def shown(comparison: Comparison, *names: str, columns: int = 80) -> str:
    out = StringIO()
    show(comparison, names, Console(file=out, width=columns, highlight=False))
    return out.getvalue()


def test_a_difference_that_changes_the_winner_matters_and_another_does_not() -> None:
    cart = only(compared(SHOP, SHOP.replace("retry}", "retry, consistency: per_entity_serial, latency: relaxed}")))
    assert [(each.about, each.values, each.matters) for each in cart.differences] == [
        ("consistency", ("read_your_writes", "per_entity_serial"), True),
        ("latency", ("interactive", "relaxed"), False),
    ]
    (turn,) = cart.turns
    assert (turn.side, turn.abouts) == (1, ("consistency",))


def test_answers_that_only_decide_together_are_named_together() -> None:
    deaf = "version: 1\npriorities: {state: 0}\nanswers: {talk: calls, keep: nothing}"
    comparison = compared(deaf, deaf.replace("0", "1").replace("nothing", "cart"), book=SMALL)
    assert [(each.about, each.of_priority) for each in only(comparison).differences] == [
        ("keep", False),
        ("state", True),
    ]
    assert only(comparison).turns[0].abouts == ("keep", "state")
    assert "Taken over from b, these together give a store: keep, state." in " ".join(
        shown(comparison, "a", "b").split()
    )


def test_components_are_paired_by_name_and_one_that_is_missing_is_told() -> None:
    both = "version: 1\ncomponents: [{name: cart, archetype: cart}, {name: chat, archetype: realtime}]"
    comparison = compared(both, both.replace(", {name: chat, archetype: realtime}", ""))
    assert [each.name for each in comparison.components] == ["cart", "chat"]
    assert comparison.components[1].sides[1] is None
    assert "b: (no such component)\n" in shown(comparison, "a", "b")


def test_two_designs_with_one_component_each_are_paired_whatever_they_are_called() -> None:
    comparison = compared("version: 1\nname: one\narchetype: cart", "version: 1\nname: two\narchetype: api")
    assert only(comparison).name == "one / two"
    assert only(comparison).turns[0].abouts == ("continuity",)


def test_equal_answers_differ_nowhere() -> None:
    comparison = compared(SHOP, SHOP)
    assert not only(comparison).differences
    assert "Where they differ\n  Nowhere.\n" in shown(comparison, "a", "b")


def test_a_contradiction_is_one_of_the_sides() -> None:
    files = "version: 1\narchetype: files"
    comparison = compared(files, files + "\nanswers: {failure_tolerance: nothing}")
    assert "b: its answers contradict each other\n" in shown(comparison, "a", "b")
    assert "this alone gives a the same contradiction: failure_tolerance." in " ".join(
        shown(comparison, "a", "b").split()
    )


@pytest.mark.parametrize("columns", [80, 40])
def test_a_team_reads_all_sides_without_a_line_too_long(columns: int) -> None:
    others = [SHOP.replace("retry}", f"{answer}}}") for answer in ("nothing", "lose_session", "retry, repeat: harmful")]
    report = shown(compared(SHOP, *others), "ann", "bob", "eve", "joe", columns=columns)
    for line in report.splitlines():
        assert len(line) <= columns
        assert line == line.rstrip()
    for name in ("ann", "bob", "eve", "joe"):
        assert f"{name}: " in report
    assert "failure_tolerance" in report


def test_the_table_has_a_column_for_each_file() -> None:
    report = shown(compared(SHOP, SHOP.replace("sessions: 20000", "sessions: 900")), "ann", "bob")
    assert ["·", "sessions", "20,000", "900"] in [line.split() for line in report.splitlines()]
    assert "Nothing: the advice is the same, and no single difference would change it." in " ".join(report.split())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=answer_sets(), other=answer_sets())
def test_what_is_said_to_turn_the_winner_does_and_nothing_of_it_can_be_spared(
    one: dict[str, str], other: dict[str, str]
) -> None:
    def winner(answers: dict[str, str]) -> str | None:
        return winner_with(answers, SHIPPED)

    def taking(abouts: tuple[str, ...]) -> dict[str, str]:
        return {**one, **{about: other.get(about, "unknown") for about in abouts}}

    files = [AnswerFile("x", (Component("x", None, answers),)) for answers in (one, other)]
    component = only(compare(SHIPPED, files))
    assert bool(component.turns) == (winner(one) != winner(other))
    for turn in component.turns:
        assert winner(taking(turn.abouts)) == winner(other)
        for spared in turn.abouts:
            assert winner(taking(tuple(each for each in turn.abouts if each != spared))) != winner(other)
    for each in component.differences:
        if each.matters:
            back = {**other, each.about: one.get(each.about, "unknown")}
            assert winner(taking((each.about,))) != winner(one) or winner(back) != winner(other)


def test_the_command_compares_files(run: Run, shop_file: Path) -> None:
    changed = SHOP.replace("retry}", "retry, consistency: per_entity_serial}")
    shop_file.with_name("ann.yaml").write_text(changed, encoding="utf-8")
    done = run("compare", "shop.yaml", "ann.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "shop: shared_session (hybrid; clear, 3 points ahead of database_session)\n" in done.stdout
    assert "! consistency read_your_writes per_entity_serial" in " ".join(done.stdout.split())
    data = json.loads(run("compare", "shop.yaml", "ann.yaml", "--json").stdout)
    assert data["files"] == ["shop", "ann"]
    assert data["components"][0]["differences"] == [
        {
            "about": "consistency",
            "priority": False,
            "values": ["read_your_writes", "per_entity_serial"],
            "matters": True,
        }
    ]
    assert data["components"][0]["turns"] == [{"file": "ann", "answers": ["consistency"]}]


def test_one_file_or_bad_files_are_refused_with_every_fault(run: Run, shop_file: Path) -> None:
    alone = run("compare", "shop.yaml")
    assert alone.stderr == "advisor: one answer file cannot be compared.\n  Name two or more.\n"
    shop_file.with_name("bad.yaml").write_text("version: 1\nanswers: {latency: fast}", encoding="utf-8")
    done = run("compare", "shop.yaml", "bad.yaml", "missing.yaml", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.yaml:2:20: " in done.stderr
    assert "missing.yaml: there is no such file." in done.stderr
