"""Claims and results on a terminal: words beside every mark, lines of the width there is."""

from dataclasses import replace

import pytest

from minisvc import claims
from minisvc.claims.claim import Claim, Source
from minisvc.claims.expected import exactly
from minisvc.claims.finding import Finding
from minisvc.claims.history import Last
from minisvc.claims.result import Result
from minisvc.live.pen import Pen
from minisvc.live.verdicts import listed, summed_up, told

SHOWN = Claim(
    "a-claim",
    claims.GROUPS[1],
    "It breaks under load.",
    "when.",
    "1/3",
    "so.",
    "not so.",
    (Source("t", "s", "u"),),
    print,
)
RIGHT, WRONG = Finding("lost", 1.0, exactly(1), unit="B"), Finding("lost", 0.5, exactly(1))
CONTROL, BLIND = (
    Finding("lost without", 0.0, exactly(0), other=exactly(1)),
    Finding("same", 1, exactly(1), other=exactly(1)),
)
HOLDS = Result(SHOWN, 7, (RIGHT, CONTROL), notes=("Remember this.",), duration_s=1.25)
REFUTED = Result(SHOWN, 7, (WRONG, CONTROL))
BLINDED = Result(SHOWN, 7, (RIGHT, BLIND))
UNABLE = replace(HOLDS, findings=(), unable="no PostgreSQL here.\n  Install it.")


def lines(drawn) -> list[str]:
    return [line.plain.rstrip() for line in drawn]


def test_a_result_says_measured_beside_expected_and_what_to_know():
    assert lines(told(HOLDS, Pen(60))) == [
        f"✓ a-claim holds{'1.2 s':>45}",
        "  It breaks under load.",
        "  ✓ lost: 1 B, expected 1",
        "  ✓ control: lost without: 0, expected 0",
        "    Remember this.",
    ]


def test_a_terminal_without_unicode_gets_marks_of_its_own():
    shown = "\n".join(lines(told(REFUTED, Pen(60, ascii_only=True))))
    assert shown.isascii()
    assert "x a-claim refuted" in shown
    assert "  x lost: 0.5, expected 1: not as expected" in shown


def test_what_could_not_be_tried_says_why_in_result_and_summary():
    assert "  Could not be tried: no PostgreSQL here. Install it." in lines(told(UNABLE, Pen(60)))
    assert lines(summed_up([HOLDS, UNABLE], 2, Pen(80))) == [
        "2 claims: 1 holds, 0 refuted, 1 inconclusive (seed 7, 2.5 s)",
        "? a-claim: no PostgreSQL here. Install it.",
    ]


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (REFUTED, "✗ a-claim: lost 0.5, expected 1: not as expected"),
        (BLINDED, "? a-claim: same 1, expected 1: no other than with the cause"),
        (Result(SHOWN, 7, (RIGHT,)), "? a-claim: it has no control"),
    ],
)
def test_the_summary_names_whatever_does_not_hold_and_the_figure(result, why):
    assert lines(summed_up([result], 3, Pen(80)))[1:] == [why]
    assert lines(summed_up([result], 3, Pen(80)))[0].startswith("1 of 3 claims: ")


def test_the_list_has_the_last_result_at_the_end_of_a_wide_line_and_below_on_a_narrow_one():
    last = {"a-claim": Last("refuted", 3, "2026-07-14T12:00:00+00:00", 2.0)}
    wide = lines(listed([SHOWN], last, Pen(80)))
    assert wide[0] == "What the client carries (1)"
    assert wide[1] == f"  ✗ a-claim{'refuted, 2026-07-14, seed 3, 2.0 s':>69}"
    narrow = lines(listed([SHOWN], last, Pen(40)))
    assert narrow[1:4] == ["  ✗ a-claim", "    It breaks under load.", "    refuted, 2026-07-14, seed 3, 2.0 s"]
    assert lines(listed([SHOWN], {}, Pen(40, ascii_only=True)))[1] == "  - a-claim"
