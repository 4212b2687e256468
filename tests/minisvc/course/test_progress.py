import json

import pytest

from minisvc.course.progress import BrokenProgress, Progress


def test_a_beginner_has_done_nothing(kept: Progress) -> None:
    assert kept.done() == {}
    assert kept.count(["start-here"]) == 0


def test_a_step_keeps_the_time_of_its_first_time(kept: Progress) -> None:
    kept.note("start-here")
    first = kept.done()
    kept.note("start-here")
    assert kept.done() == first


def test_progress_outlasts_the_kernel_and_can_be_taken_along(kept: Progress) -> None:
    kept.note("start-here")
    kept.note("after-restart")
    assert Progress().count(["start-here", "after-restart", "nat"]) == 2
    assert [*json.loads(kept.export())] == ["after-restart", "start-here"]
    assert [each.name for each in kept.path.parent.iterdir()] == ["lessons.json"]


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"start-here": 1}'])
def test_a_spoilt_file_is_named_and_left_alone(kept: Progress, spoilt: str) -> None:
    kept.path.parent.mkdir(parents=True)
    kept.path.write_text(spoilt)
    with pytest.raises(BrokenProgress, match=r"Your progress cannot be kept in .*lessons\.json"):
        kept.note("start-here")
    assert kept.path.read_text() == spoilt


def test_a_place_that_cannot_be_written_is_named(kept: Progress) -> None:
    kept.path.parent.parent.mkdir(parents=True)
    kept.path.parent.write_text("a file where a folder should be")
    with pytest.raises(BrokenProgress) as refused:
        kept.note("start-here")
    assert refused.value.path == kept.path
