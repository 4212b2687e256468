"""The shipped rules pass their own check, over every possible set of answers."""

from pathlib import Path

from advisor.check import CheckReport, coverage_of, disagreements, load_golden
from advisor.model import Rulebook

GOLDEN = Path(__file__).with_name("golden")
MOST_S = 30.0


def test_the_shipped_rules_are_clean_within_30_seconds_of_one_core(checked: tuple[CheckReport, float]) -> None:
    report, spent_s = checked
    assert spent_s < MOST_S
    assert report.warnings == ()
    assert report.contradictions.sets + sum(share.sets for share in report.winners.values()) == report.size
    assert report.size > 10**11
    assert all(share.sets for share in report.winners.values())
    assert report.contradictions.example == {"connection": "protocol_session", "failure_tolerance": "nothing"}


def test_all_golden_cases_agree_and_exercise_every_rule(rulebook: Rulebook) -> None:
    cases = load_golden(GOLDEN, rulebook)
    assert disagreements(rulebook, cases) == ()
    coverage = coverage_of(rulebook, cases)
    assert coverage.cases == len(cases) > 60
    assert [name for name, count in coverage.fired.items() if not count] == []
