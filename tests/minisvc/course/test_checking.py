import pytest
from flask import Flask

from minisvc.course import check, hint, new_service
from minisvc.course.lessons import checks
from minisvc.course.lessons.two_services import visits_survive
from minisvc.course.progress import Progress


def raises(instance: str) -> Flask:
    raise RuntimeError("no app today")


def forgetful(instance: str) -> Flask:
    app = new_service(instance)
    app.get("/visit")(lambda: {"visits": 1})
    return app


def test_what_a_change_raises_becomes_a_row() -> None:
    checked = check("visits-survive", raises)
    assert not checked.passed
    assert "it runs to its end: it ended with RuntimeError: no app today" in str(checked)
    assert checked.verdict == "0 of 1 hold. Change it, and check again."


def test_each_row_that_does_not_hold_has_a_reason() -> None:
    rows = list(visits_survive(forgetful))
    assert [row.holds for row in rows] == [False, False, True]
    assert rows[0].reason == "the visitor was told [1, 1, 1, 1, 1, 1], not [1, 2, 3, 4, 5, 6]"


def test_a_check_that_fails_counts_for_nothing(kept: Progress) -> None:
    check("visits-survive", forgetful)
    assert not kept.done()


@pytest.mark.parametrize("name", checks())
def test_each_hint_goes_further(name: str) -> None:
    told = [hint(name, step).words for step in (1, 2, 3)]
    assert told[0] in told[1]
    assert told[1] in told[2]
    assert f'hint("{name}", 2)' in hint(name).source


def test_a_fourth_hint_is_refused() -> None:
    with pytest.raises(ValueError, match="hint 4 is not there; steps are 1 to 3"):
        hint("visits-survive", 4)
