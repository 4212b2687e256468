import pytest

from minisvc import Cluster
from minisvc.exchange import Event
from minisvc.panel.outages import Outages
from minisvc.panel.story import Story


@pytest.fixture
def outages() -> Outages:
    return Outages()


def happens(outages: Outages, kind: str, target: str | None, at_s: float, sentence: str = "") -> None:
    outages.take(Event(at_s, kind, target, sentence), at_s)


def told(outages: Outages) -> list[tuple[str, str, float, float | None]]:
    return [(each.target, each.what, each.since_s, each.until_s) for each in outages.all]


def test_a_hang_lasts_until_it_goes_on_and_a_crash_takes_its_place(outages: Outages) -> None:
    happens(outages, "hang", "a", 1)
    happens(outages, "resume", "a", 2)
    happens(outages, "hang", "a", 3)
    happens(outages, "crash", "a", 4)
    assert told(outages) == [("a", "hangs", 1, 2), ("a", "hangs", 3, 4), ("a", "down", 4, None)]


def test_a_restart_ends_what_ails_that_instance_but_no_fault_that_is_held(outages: Outages) -> None:
    happens(outages, "fault", "a", 0, "slow-1 begins: a's answers take 0.5 s longer.")
    happens(outages, "drain", "a", 1)
    happens(outages, "drain", "b", 1)
    happens(outages, "restart", "a", 2)
    assert outages.ailing() == {"a": ("slow",), "b": ("drains",)}


def test_an_injected_fault_lasts_by_its_name(outages: Outages) -> None:
    happens(outages, "fault", "a, b", 0, "slow-1 begins: a's and b's answers take 0.5 s longer.")
    happens(outages, "fault", "a", 1, "slow-2 begins: a's answers take 0.5 s longer.")
    happens(outages, "fault", "a, b", 2, "slow-1 ends; it touched 3 exchanges.")
    assert outages.ailing() == {"a": ("slow",)}


def test_a_fault_that_could_not_begin_is_no_outage(outages: Outages) -> None:
    happens(outages, "fault", "a", 0, "partition-1 begins: a does not reach the store (blackhole).")
    happens(outages, "fault", "a", 0, "partition-1 could not begin: there is no store.")
    assert outages.ailing() == {}


def test_an_instance_that_leaves_takes_its_troubles_along(outages: Outages) -> None:
    happens(outages, "crash", "c", 0)
    happens(outages, "leave", "c", 1)
    assert outages.ailing() == {}


def test_a_minute_later_what_was_over_is_forgotten_and_what_lasts_is_not(outages: Outages) -> None:
    happens(outages, "crash", "a", 0)
    happens(outages, "crash", "b", 0)
    happens(outages, "restart", "a", 1)
    outages.forget(before_s=2)
    assert told(outages) == [("b", "down", 0, None)]


def test_the_sentences_of_a_real_cluster_are_understood() -> None:
    with Cluster("cart", instances=2, state="redis") as shop:
        story = Story(shop)
        shop.crash_store()
        with shop.fault("slow", "a"):
            story.read()
            assert story.ailing == {"store": ("down",), "a": ("slow",)}
        shop.restart_store()
        story.read()
        assert story.ailing == {}
        assert [each.target for each in story.outages] == ["store", "a"]
