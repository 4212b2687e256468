"""Former results: whole or not at all, and nobody else's lost."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from minisvc import claims
from minisvc.claims import history
from minisvc.claims.expected import exactly
from minisvc.claims.finding import Finding
from minisvc.claims.history import BrokenRecord, CannotKeep, History, Last
from minisvc.claims.result import Result

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)


def result(claim_id: str = "crash-loses-share", measured: float = 1.0) -> Result:
    found = (Finding("one", measured, exactly(1)), Finding("other", 0, exactly(0), other=exactly(1)))
    return Result(claims.find(claim_id), 2, found, duration_s=1.23456)


def test_the_last_result_of_each_claim_is_kept(tmp_path):
    kept = History(tmp_path)
    kept.keep(result(), NOON)
    kept.keep(result("sticky-skews", measured=3), NOON)
    kept.keep(result(measured=2), NOON)
    assert kept.all() == {
        "crash-loses-share": Last("refuted", 2, "2026-07-14T12:00:00+00:00", 1.235),
        "sticky-skews": Last("refuted", 2, "2026-07-14T12:00:00+00:00", 1.235),
    }


def test_a_machine_on_which_nothing_was_tried_has_no_results(tmp_path):
    assert History(tmp_path / "none").all() == {}


def test_a_write_that_fails_leaves_the_former_result_and_no_rest(tmp_path, monkeypatch):
    kept = History(tmp_path)
    kept.keep(result(), NOON)

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(history.Path, "replace", full)
    with pytest.raises(CannotKeep, match=r"cannot be kept in .*: No space left on device\.\n  They are shown"):
        kept.keep(result(measured=2), NOON)
    assert kept.all()["crash-loses-share"].verdict == "holds"
    assert [each.name for each in tmp_path.iterdir()] == ["crash-loses-share.json"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Expecting property name"),
        ("[]", "it must be an object of verdict, seed, at, duration_s"),
        (json.dumps({"verdict": "fine", "seed": 1, "at": "2026-07-14", "duration_s": 1}), "its verdict is 'fine'"),
        (json.dumps({"verdict": "holds", "seed": 1, "at": 3, "duration_s": 1}), "its time is 3"),
        (json.dumps({"verdict": "holds", "seed": 1, "at": "noon", "duration_s": 1}), "Invalid isoformat string"),
    ],
)
def test_every_file_that_is_no_result_is_named_with_what_is_wrong(tmp_path, text, told):
    (tmp_path / "one.json").write_text(text)
    (tmp_path / "two.json").write_text("")
    with pytest.raises(BrokenRecord) as caught:
        History(tmp_path).all()
    assert len(caught.value.faults) == 2
    assert caught.value.faults[0].startswith(f"{tmp_path / 'one.json'} holds no result of a claim: ")
    assert told in caught.value.faults[0]
