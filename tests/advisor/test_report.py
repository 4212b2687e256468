"""The report as a person reads it."""

from io import StringIO

import pytest
from rich.console import Console

from advisor.answers import answers_of
from advisor.engine import advise
from advisor.engine.facts import TIMES
from advisor.model import Rulebook
from advisor.report.screen import show
from tests.advisor.conftest import SHOP


def shown(rulebook: Rulebook, text: str, columns: int = 80) -> str:
    out = StringIO()
    show(advise(rulebook, answers_of(text, rulebook)), rulebook, Console(file=out, width=columns, highlight=False))
    return out.getvalue()


def test_the_report_says_all_that_a_reader_needs_to_question_it(rulebook: Rulebook) -> None:
    report = shown(rulebook, SHOP)
    for part in (
        "corner shop: hybrid\n",
        "Shared session store (shared_session)\n",
        "Clear: 3 points ahead of Session in the database (database_session).\n",
        "Continuity, from continuity = draft\n",
        "https://martinfowler.com/eaaCatalog/serverSessionState.html\n",
        "Points by concern\n",
        "x bytes_per_session = kilobytes rules out signed_cookie\n",
        "* connection: request → duplex_socket gives connection_gateway\n",
        "= memory for all sessions: 81.9 MB\n",
        "So: A replica with failover",
        "Taken from the archetype\n",
    ):
        assert part in report
    assert "Unknown" not in report, "a part with nothing to say is left out"


@pytest.mark.parametrize("columns", [80, 40])
def test_no_line_is_longer_than_the_terminal_or_ends_in_blanks(rulebook: Rulebook, columns: int) -> None:
    for line in shown(rulebook, SHOP, columns).splitlines():
        assert len(line) <= columns
        assert line == line.rstrip()


def test_the_points_add_up_in_sight(rulebook: Rulebook) -> None:
    table = shown(rulebook, SHOP).split("Points by concern")[1].split("Ruled out")[0]
    rows = [line.split() for line in table.splitlines()[3:] if line.strip()]
    *concerns, total = rows
    numbers = [int(row[1].replace("·", "0")) for row in concerns]
    assert sum(numbers) == int(total[1]) == 8


def test_a_tie_is_told_as_one(rulebook: Rulebook) -> None:
    report = " ".join(shown(rulebook, "version: 1\nanswers: {}").split())
    assert "Toss-up: as many points as Signed token (signed_token) and 17 more. The simplest wins a tie." in report
    assert "· No answer argues for anything, so the simplest mechanism that is left wins." in report
    assert "Unknown connection, continuity," in report


def test_the_last_one_left_is_told_as_such(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\nanswers: {connection: protocol_session}")
    assert "Clear: the requirements leave nothing else.\n" in report
    assert "  ! The protocol itself ties its session to one connection" in report
    assert "    Required, from connection = protocol_session\n" in report


def test_what_belongs_beside_the_primary_is_named_with_its_reason(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\nname: chat\narchetype: realtime\nanswers: {}")
    assert "+ Shared session store (shared_session)\n  The gateway holds the wire; what was said" in report


def test_every_component_is_reported(rulebook: Rulebook) -> None:
    text = "version: 1\nname: all\ncomponents: [{name: one, archetype: api}, {name: two, archetype: game}]"
    report = shown(rulebook, text)
    assert report.startswith("all: hybrid\n")
    assert "one · stateless ─" in report
    assert "two · stateful ─" in report


def test_a_part_without_advice_is_left_out_of_the_word_and_said_so(rulebook: Rulebook) -> None:
    text = """version: 1
name: all
components:
  - {name: one, archetype: api}
  - {name: drop, archetype: files, answers: {failure_tolerance: nothing}}
"""
    report = shown(rulebook, text)
    assert report.startswith("all: stateless\n")
    assert "\nWithout drop, whose answers contradict each other.\n" in report
    assert "drop · no advice ─" in report


def test_figures_that_all_parts_share_are_shown_once(rulebook: Rulebook) -> None:
    parts = "components: [{name: one, archetype: api}, {name: two, archetype: cart}]"
    system = "system: {sessions: 3000, requests_per_second: 1}"
    assert shown(rulebook, f"version: 1\n{system}\n{parts}").count("= reconnects after") == 1
    own = parts.replace("archetype: api", "archetype: api, answers: {sessions: 6000}")
    assert shown(rulebook, f"version: 1\n{system}\n{own}").count("= reconnects after") == 2


def test_every_risk_of_every_mechanism_is_told_with_what_people_do_about_it(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\nname: pay\narchetype: api\nanswers: {repeat: harmful}")
    risks = report.split("\nRisks\n")[1].split("\n\n")[0]
    assert "  - A token that was stolen or logged out works until it expires.\n    So: Minutes of life" in risks
    assert "  - Idempotency store: A crash between the effect and the record of its key" in risks
    assert risks.count("    So: ") == 4


def test_a_smallest_set_of_answers_that_is_enough_is_told(rulebook: Rulebook) -> None:
    report = " ".join(shown(rulebook, SHOP).split())
    assert "continuity = draft" in report.split("Enough by itself")[1].split("Risks")[0]
    assert "the other answers given could be anything." in report
    few = " ".join(shown(rulebook, "version: 1\nanswers: {connection: request, continuity: session}").split())
    assert "Enough by itself connection = request, continuity = session: every answer given is needed." in few


def test_the_unknown_most_worth_finding_out_is_told_with_what_it_would_change(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\nanswers: {connection: request, continuity: session}")
    assert "  Most worth finding out: consistency (What must readers be able to rely on?)\n" in report
    assert "  ? per_entity_serial or total_order gives database_session\n" in report


def test_unknowns_that_decide_nothing_are_told_as_such(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\narchetype: files")
    assert "  No single one of them would change the advice.\n" in report


def test_changes_that_are_not_shown_are_counted(rulebook: Rulebook) -> None:
    text = "version: 1\nanswers: {connection: request, continuity: session}"
    assert "  and 1 more change of one answer\n" in shown(rulebook, text)
    assert "  and 2 more changes of one answer\n" in shown(rulebook, SHOP)


def test_large_numbers_keep_all_their_figures(rulebook: Rulebook) -> None:
    report = shown(rulebook, "version: 1\nname: x\nanswers: {sessions: 1234567, bytes_per_session: 10}")
    assert f"= 1,234,567 {TIMES} 10\n" in report
