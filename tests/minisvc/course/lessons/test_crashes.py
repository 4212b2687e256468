from minisvc import HealthCheck
from minisvc.course import check


def test_quick_checks_with_patience_pass() -> None:
    assert check("quick-and-calm", lambda: HealthCheck(interval_s=0.1, timeout_s=0.3, fall=2)).passed


def test_the_usual_settings_are_late() -> None:
    rows = check("quick-and-calm", HealthCheck).rows
    assert [row.holds for row in rows] == [True, False, True]
    assert rows[1].reason.startswith("it was out after ")


def test_a_short_timeout_takes_out_what_is_only_slow() -> None:
    rows = check("quick-and-calm", lambda: HealthCheck(interval_s=0.1, timeout_s=0.1, fall=1)).rows
    assert [row.holds for row in rows] == [False, True, False]
    assert "though it was only slow" in rows[0].reason
    assert rows[2].reason == "fall is 1"
