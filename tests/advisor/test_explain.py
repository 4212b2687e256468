"""`advisor explain`: what the rules know under a name."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from advisor.report.entries import entries_of, names_of
from advisor.report.explained import show
from tests.advisor.cases import SHIPPED
from tests.advisor.conftest import Run
from tests.advisor.small_rules import SMALL_RULES

NAMES = [(kind, name) for kind, names in names_of(SHIPPED).items() for name in names]


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=[f"{kind}-{name}" for kind, name in NAMES])
def test_every_name_has_an_entry_that_fits_40_columns(kind: str, name: str) -> None:
    entries = entries_of(name, SHIPPED)
    (entry,) = (each for each in entries if each.kind == kind)
    assert entry.label
    assert entry.about.endswith(".")
    assert entry.passages
    out = StringIO()
    show(entries, Console(file=out, width=40, highlight=False))
    assert max(map(len, out.getvalue().splitlines())) <= 40


def test_a_mechanism_is_told_with_its_arguments_risks_and_uses(run: Run) -> None:
    out = run("explain", "sticky_memory").stdout
    for part in (
        "mechanism sticky_memory ─",
        "Sticky sessions in memory\n",
        "Argued for and against\n  +3 If starting over is acceptable, memory is the simplest place that works.\n",
        "(losing-it-is-fine, when failure_tolerance = lose_session)\n",
        "Ruled out\n",
        "  - when failure_tolerance = nothing or retry: A crash takes the memory of its\n",
        "Is joined by\n  - idempotency_store, when repeat = harmful (repeats-need-a-key)\n",
        "Risks\n  - A crash or a deploy loses every session of that instance, and load skews.\n",
    ):
        assert part in out, part


def test_the_archetypes_that_a_mechanism_wins_for_are_told() -> None:
    (entry,) = entries_of("durable_workflow", SHIPPED)[:1]
    (wins,) = (each for each in entry.passages if each.title == "Wins for")
    assert [line for line, _ in wins.lines] == ["workflow, with its usual answers"]


def test_a_question_is_told_with_its_answers_and_who_asks_for_it(run: Run) -> None:
    out = run("explain", "rebuild").stdout
    assert "question rebuild ─" in out
    assert "  - yes: Yes (the client holds all of it, or can compute it)\n" in out
    assert "  - unknown: no rule that asks for it fires\n" in out
    assert "Requirements that ask for it\n  - no-resync-without-a-copy, when failure_tolerance = reconnect" in out
    assert "Companions that ask for it\n  - actors-write-down-the-only-copy" in out


def test_a_number_is_told_with_its_bands_and_the_facts_that_follow(run: Run) -> None:
    out = run("explain", "sessions").stdout
    assert "  - many: from 1,000 sessions (thousands)\n" in out
    assert "Facts that follow\n  - session_memory: memory for all sessions\n" in out


def test_a_rule_is_told_with_its_points_and_its_source(run: Run) -> None:
    out = run("explain", "draft-in-one-place").stdout
    assert "when continuity = draft\n" in out
    assert "Points\n  +3 shared_session\n  +2 database_session\n" in out
    assert "Fires for the archetypes\n  - cart\n" in out
    assert "Source\n  - https://martinfowler.com/eaaCatalog/serverSessionState.html\n" in out


def test_a_requirement_is_told_with_what_it_leaves(run: Run) -> None:
    out = run("explain", "protocol-session-is-a-connection").stdout
    assert "Nothing outvotes it." in out
    assert "Leaves\n  - pinned_connection\n" in out


def test_one_name_may_stand_for_several_things(run: Run) -> None:
    out = run("explain", "latency").stdout
    assert out.index("question latency ─") < out.index("concern latency ─")
    assert [each.kind for each in entries_of("function", SHIPPED)] == ["mechanism", "archetype"]
    assert [each["kind"] for each in json.loads(run("explain", "workflow", "--json").stdout)] == [
        "question",
        "archetype",
    ]


def test_without_a_name_every_name_is_told(run: Run) -> None:
    out = run("explain").stdout
    assert "\nconcerns\n  transport, continuity, failure, consistency, security, load, latency, cost,\n" in out
    told = {name for names in json.loads(run("explain", "--json").stdout).values() for name in names}
    assert told == {name for _, name in NAMES}


def test_a_name_that_nothing_has_is_guessed_at(run: Run) -> None:
    done = run("explain", "stiky_memory")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        'advisor: nothing is called "stiky_memory".\n  Did you mean "sticky_memory"? Every name: advisor explain\n'
    )
    assert run("explain", "zzz").stderr == 'advisor: nothing is called "zzz".\n  Every name: advisor explain\n'


def test_other_rules_can_be_explained(run: Run, tmp_path: Path) -> None:
    claimed = SMALL_RULES.replace("because: a cart is kept., source:", "because: a cart is kept., claim: c-1, source:")
    (tmp_path / "mine.yaml").write_text(claimed, encoding="utf-8")
    out = run("explain", "carts-weak", "--rules", "mine.yaml").stdout
    assert "  +1 store\n  -1 plain\n" in out
    assert "See it in the lab\n  - claim: c-1\n" in out
