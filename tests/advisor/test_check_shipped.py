"""The shipped rules pass their own check, over every possible set of answers."""

from pathlib import Path
from time import process_time

from advisor.check import coverage_of, disagreements, load_golden
from advisor.check.audit import examined
from advisor.model import Rulebook

GOLDEN = Path(__file__).with_name("golden")
MOST_S = 30.0


def test_the_shipped_rules_are_clean_within_30_seconds_of_one_core(rulebook: Rulebook) -> None:
    start = process_time()
    report = examined(rulebook)
    assert process_time() - start < MOST_S
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
