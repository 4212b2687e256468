from dataclasses import dataclass, field
from typing import cast

import pytest

from minisvc import Cluster
from minisvc.clock import FakeClock
from minisvc.exchange import Event, Events, Exchange, Ledger
from minisvc.panel.story import LINES, SPAN_S, Story


@dataclass
class Happenings:
    """The part of a cluster that a story reads."""

    ledger: Ledger = field(default_factory=Ledger)
    events: Events = field(default_factory=Events)


@dataclass
class Told:
    story: Story
    clock: FakeClock
    happenings: Happenings

    def happens(self, kind: str, target: str | None = "a") -> None:
        self.happenings.events.add(Event(self.clock(), kind, target, f"{target} {kind}"))
        self.story.read()

    def exchange(self, *, status: int | None = 200, lost: bool | None = None, error: str | None = None) -> None:
        number = self.happenings.ledger.since()[0]
        sentence = "c1 expected 2 items and found an empty cart"
        self.happenings.ledger.record(
            Exchange(
                str(number),
                "GET",
                "/cart",
                "c1",
                status,
                error=error,
                started_s=self.clock(),
                lost=lost,
                sentence=sentence,
            )
        )
        self.story.read()


@pytest.fixture
def told() -> Told:
    clock, happenings = FakeClock(100.0), Happenings()
    return Told(Story(cast(Cluster, happenings), clock), clock, happenings)


def test_everything_is_told_once(told: Told) -> None:
    told.happens("crash")
    told.story.read()
    assert [line.sentence for line in told.story.lines] == ["a crash"]


def test_a_crash_is_an_outage_until_that_instance_is_back(told: Told) -> None:
    told.happens("crash", "a")
    told.clock.advance(2)
    told.happens("restart", "b")
    assert told.story.outages[0].until_s is None
    told.happens("restart", "a")
    assert (told.story.outages[0].since_s, told.story.outages[0].until_s) == (0.0, 2.0)


def test_moving_state_ends_every_outage(told: Told) -> None:
    told.happens("crash", "a")
    told.happens("crash", "b")
    told.clock.advance(1)
    told.happens("state", None)
    assert [outage.until_s for outage in told.story.outages] == [1.0, 1.0]


def test_served_failed_and_lost_are_three_figures_of_their_second(told: Told) -> None:
    told.exchange()
    told.exchange(status=502, error="a reset the connection")
    told.clock.advance(1)
    told.exchange(lost=True)
    first, second = told.story.seconds[0], told.story.seconds[1]
    assert (first.served, first.failed, first.lost) == (1, 1, 0)
    assert (second.served, second.failed, second.lost) == (1, 0, 1)


def test_a_loss_and_a_failure_are_told_in_sentences_and_a_good_answer_is_not(told: Told) -> None:
    told.exchange(lost=False)
    told.exchange(lost=True)
    told.exchange(status=502, error="a reset the connection")
    assert [(line.kind, line.sentence) for line in told.story.lines] == [
        ("lost", "c1 expected 2 items and found an empty cart"),
        ("failed", "c1 got 502: a reset the connection"),
    ]


def test_a_contradicted_user_stays_so_until_an_answer_agrees(told: Told) -> None:
    told.exchange(lost=True)
    told.exchange(lost=None)
    assert told.story.contradicted == {"c1"}
    told.exchange(lost=False)
    assert told.story.contradicted == set()


def test_memory_of_a_long_story_is_bounded(told: Told) -> None:
    for _ in range(LINES + 10):
        told.exchange(lost=True)
        told.clock.advance(10)
    assert len(told.story.lines) == LINES
    assert len(told.story.seconds) <= SPAN_S / 10 + 2
    assert told.story.lines[-1].number == LINES + 10
