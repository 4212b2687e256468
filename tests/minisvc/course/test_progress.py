import json

import pytest

from minisvc.course.progress import BrokenProgress, Progress


def test_a_beginner_has_done_nothing(progress: Progress) -> None:
    assert progress.done() == {}
    assert progress.count(["start-here"]) == 0


def test_a_step_keeps_the_time_of_its_first_time(progress: Progress) -> None:
    progress.note("start-here")
    first = progress.done()
    progress.note("start-here")
    assert progress.done() == first


def test_progress_outlasts_the_kernel_and_can_be_taken_along(progress: Progress) -> None:
    progress.note("start-here")
    progress.note("after-restart")
    assert Progress().count(["start-here", "after-restart", "nat"]) == 2
    assert [*json.loads(progress.export())] == ["after-restart", "start-here"]
    assert [each.name for each in progress.path.parent.iterdir()] == ["lessons.json"]


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"start-here": 1}'])
def test_a_spoilt_file_is_named_and_left_alone(progress: Progress, spoilt: str) -> None:
    progress.path.parent.mkdir(parents=True)
    progress.path.write_text(spoilt)
    with pytest.raises(BrokenProgress, match=r"Your progress cannot be kept in .*lessons\.json"):
        progress.note("start-here")
    assert progress.path.read_text() == spoilt


def test_a_place_that_cannot_be_written_is_named(progress: Progress) -> None:
    progress.path.parent.parent.mkdir(parents=True)
    progress.path.parent.write_text("a file where a folder should be")
    with pytest.raises(BrokenProgress) as refused:
        progress.note("start-here")
    assert refused.value.path == progress.path
