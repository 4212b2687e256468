"""`advisor what-if`: before and after."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from advisor.engine import advise, values_of
from advisor.engine.alternatives import alternatives_of, answers_to
from advisor.engine.facts import facts_of
from advisor.model import AnswerFile, Component
from advisor.report.changes import changes_of
from tests.advisor.cases import SHIPPED, answer_sets
from tests.advisor.conftest import SHOP, Run

TWO_PARTS = """\
version: 1
name: shop
system: {sessions: 900}
components:
  - {name: cart, archetype: cart}
  - {name: api.v2, archetype: api}
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(TWO_PARTS, encoding="utf-8")
    return path


def test_the_report_says_what_was_set_and_what_that_changes(run: Run, shop_file: Path) -> None:
    done = run("what-if", "shop.yaml", "--set", "connection=duplex_socket", "--set", "sessions=2e6")
    assert (done.returncode, done.stderr) == (0, "")
    for part in (
        "corner shop: hybrid → stateful\n",
        "What if cart.connection: request → duplex_socket\n",
        "What if sessions: 20,000 → 2,000,000\n",
        "cart · hybrid → stateful ─",
        "Shared session store (shared_session) →\nConnection gateway (connection_gateway)\n",
        "  * mechanism: shared_session → connection_gateway\n",
        "  * points of shared_session: 8 → ruled out\n",
        "  * memory for all sessions: 81.9 MB → 8.2 GB\n",
        "Ruled out now\n  x connection = duplex_socket rules out all but sticky_memory,",
        "No longer ruled out\n  x connection = request rules out connection_gateway\n",
        "New arguments\n  +3 A tier that only holds sockets",
    ):
        assert part in done.stdout, part
    assert shop_file.read_text(encoding="utf-8") == SHOP, "the file stays as it is"


def test_what_changes_nothing_is_told(run: Run, two: Path) -> None:
    out = run("what-if", "two.yaml", "--set", "cart.continuity=identity").stdout
    assert "api.v2 · stateless ─" in out
    assert out.endswith("\nNothing changes.\n")
    assert "\nsigned_token stays." not in out


def test_a_component_is_named_before_the_question_even_with_a_dot_in_its_name(run: Run, two: Path) -> None:
    data = json.loads(run("what-if", "two.yaml", "--set", "api.v2.continuity=draft", "--json").stdout)
    assert data["set"] == [{"what": "api.v2.continuity", "from": "identity", "to": "draft"}]
    cart, api = data["components"]
    assert (cart["name"], cart["changes"]) == ("cart", [])
    assert api["changes"][0]["what"] == "mechanism"
    assert data["before"]["components"][1]["mechanism"] == api["changes"][0]["from"] == "signed_token"
    assert data["after"]["components"][1]["mechanism"] == api["changes"][0]["to"]
    assert data["overall"] == {"from": "hybrid", "to": data["after"]["overall"]}


def test_an_answer_about_the_system_is_set_for_all_and_for_one_alone(run: Run, two: Path) -> None:
    data = json.loads(run("what-if", "two.yaml", "--set", "sessions=5", "--json").stdout)
    assert {change["to"] for each in data["components"] for change in each["changes"]} == {"0 per second"}
    own = json.loads(run("what-if", "two.yaml", "--set", "cart.sessions=300000", "--json").stdout)
    assert own["components"][1]["changes"] == []


def test_an_answer_can_be_taken_away(run: Run, shop_file: Path) -> None:
    data = json.loads(run("what-if", "shop.yaml", "--set", "sessions=unknown", "--json").stdout)
    (cart,) = data["components"]
    assert {"what": "memory for all sessions", "from": "81.9 MB", "to": "unknown"} in cart["changes"]


def test_a_contradiction_is_an_outcome(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("version: 1\nname: f\narchetype: files", encoding="utf-8")
    out = run("what-if", "f.yaml", "--set", "failure_tolerance=nothing").stdout
    assert "f: stateful → no advice\n" in out
    assert "Pinned connection (pinned_connection) →\nno mechanism: the answers contradict\n" in out
    assert "Ruled out now\n  x failure_tolerance = nothing rules out" in out


@pytest.mark.parametrize("columns", [80, 40])
def test_no_line_is_too_long(run: Run, shop_file: Path, columns: int) -> None:
    out = run("what-if", "shop.yaml", "--set", "connection=duplex_socket", COLUMNS=str(columns)).stdout
    assert max(map(len, out.splitlines())) <= columns


def test_every_fault_of_every_setting_is_told(run: Run, two: Path) -> None:
    wrong = ("continuity=session", "chart.latency=ultra", "x", "spikes=flatt", "sesions=3", "sessions=1", "sessions=2")
    done = run("what-if", "two.yaml", *(part for each in wrong for part in ("--set", each)))
    assert (done.returncode, done.stdout) == (2, "")
    for said in (
        'in --set "continuity=session": continuity is asked of each component.\n  Say which: cart.continuity, api.v2.',
        'in --set "chart.latency=ultra": there is no component "chart".\n  Did you mean "cart"?',
        'in --set "x": there is no =.\n  Write QUESTION=ANSWER, as in connection=duplex_socket.\n',
        'in --set "spikes=flatt": "flatt" is no answer here.\n  Did you mean "flat"?',
        'in --set "sesions=3": there is no question "sesions".\n  Did you mean "sessions"?',
        'in --set "sessions=2": sessions is set already.\n  Keep one of the two.\n',
    ):
        assert said in done.stderr, said


def test_nothing_to_set_is_bad_usage(run: Run, two: Path) -> None:
    assert run("what-if", "two.yaml").stderr.startswith("advisor: the following arguments are required: --set.\n")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=answer_sets())
def test_every_alternative_gives_what_it_says(answers: dict[str, str]) -> None:
    file = AnswerFile("x", (Component("x", None, answers),))
    values = values_of(SHIPPED, file, file.components[0])
    before = advise(SHIPPED, file)
    for each in alternatives_of(SHIPPED, values, {})[::5]:
        assert each.now == (facts_of(SHIPPED, values).get(each.question))
        for choice, value in answers_to(SHIPPED.questions[each.question], values.get(each.question)):
            other = AnswerFile("x", (Component("x", None, {**answers, each.question: value}),))
            after = advise(SHIPPED, other)
            assert after.components[0].mechanism == each.outcomes[choice]
            (changes,) = changes_of(before, after)
            told = {change.what for change in changes.changes}
            assert ("mechanism" in told) == (after.components[0].mechanism != before.components[0].mechanism)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=answer_sets())
def test_flips_are_those_alternatives_to_a_known_answer_that_change_the_winner(answers: dict[str, str]) -> None:
    file = AnswerFile("x", (Component("x", None, answers),))
    (advice,) = advise(SHIPPED, file).components
    if advice.mechanism is None:
        return
    alternatives = alternatives_of(SHIPPED, values_of(SHIPPED, file, file.components[0]), {})
    expected = {
        (each.question, choice, then)
        for each in alternatives
        if each.now is not None
        for choice, then in each.outcomes.items()
        if then not in {None, advice.mechanism}
    }
    told = {
        (flip.question, SHIPPED.questions[flip.question].choice_of(flip.after), flip.mechanism) for flip in advice.flips
    }
    assert told == expected
