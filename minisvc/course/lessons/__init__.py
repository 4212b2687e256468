"""All lessons, in the order in which they are learned, and what they hold by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from minisvc.course.lesson import Check
from minisvc.course.lessons.balancing import BALANCING
from minisvc.course.lessons.caches import CACHES
from minisvc.course.lessons.crashes import CRASHES
from minisvc.course.lessons.replication import REPLICATION
from minisvc.course.lessons.retries import RETRIES
from minisvc.course.lessons.shared_stores import SHARED_STORES
from minisvc.course.lessons.start_here import START_HERE
from minisvc.course.lessons.two_services import TWO_SERVICES
from minisvc.course.lessons.what_the_client_carries import CLIENT_CARRIES
from minisvc.errors import MinisvcError, did_you_mean
from minisvc.panel.content import Question

LESSONS = (
    START_HERE,
    TWO_SERVICES,
    BALANCING,
    CRASHES,
    SHARED_STORES,
    REPLICATION,
    CLIENT_CARRIES,
    RETRIES,
    CACHES,
)

Kind = TypeVar("Kind")


class UnknownName(MinisvcError):
    """A notebook named something that the lessons do not have: `what` is "question" or "check"."""

    def __init__(self, what: str, name: str, known: Mapping[str, object]) -> None:
        self.what, self.name = what, name
        super().__init__(f"There is no {what} {name!r}.{did_you_mean(name, known)}")


def questions() -> dict[str, Question]:
    """Every question of every lesson, by id."""
    return {name: each for lesson in LESSONS for name, each in {**lesson.predicts, **lesson.recalls}.items()}


def checks() -> dict[str, Check]:
    """Every check of every lesson, by id."""
    return {name: each for lesson in LESSONS for name, each in lesson.checks.items()}


def find_question(name: str) -> Question:
    """The question with the id `name`; raises `UnknownName`."""
    return _find("question", name, questions())


def find_check(name: str) -> Check:
    """The check with the id `name`; raises `UnknownName`."""
    return _find("check", name, checks())


def _find(what: str, name: str, known: Mapping[str, Kind]) -> Kind:
    try:
        return known[name]
    except KeyError:
        raise UnknownName(what, name, known) from None
