"""Lesson 04: a store that all instances share, what it costs, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.panel.content import Choice, Question

USERS = 6


def carts_return(layout: Callable[[], Mapping[str, Any]]) -> Iterator[Row]:
    """Crash an instance, then the store, of a cart that is kept as the learner says."""
    with Cluster("cart", **layout()) as shop:
        users = shop.add_users(USERS)
        for user in users:
            user.add("apples")
        shop.crash("a")
        yield _all_find("a crash of instance a loses nothing", [user.check().lost for user in users])
        if shop.store is None:
            yield Row("a store that all instances share", False, "there is none: state lives elsewhere")
            return
        shop.crash_store()
        shop.restart_store()
        yield _all_find("after a crash of the store all carts are back", [user.check().lost for user in users])


def _all_find(asks: str, lost: list[bool | None]) -> Row:
    found = sum(each is False for each in lost)
    return Row(asks, found == USERS, "" if found == USERS else f"{found} of {USERS} customers found their carts")


SHARED_STORES = Lesson(
    number="04",
    name="shared-stores",
    title="Shared stores, and their own failure",
    outcome="Say what a shared store saves, what it costs, and what is left when it crashes.",
    minutes=25,
    needs=("00", "01", "03"),
    predicts={
        "store-down": Question(
            asks="Three instances keep all carts in one store. The store crashes. What will you see?",
            right="all",
            choices=(
                Choice("third", "A third of the customers have no cart", "That is what one instance of three takes."),
                Choice("all", "Nobody has a cart, and every instance is up", "You saw the single point move."),
                Choice("down", "The balancer takes all instances out", "You expect health checks to ask the store."),
            ),
        )
    },
    recalls={
        "which-store-keeps": Question(
            asks="A store crashed and is back. Which one has kept nothing?",
            right="memcached",
            choices=(
                Choice("memcached", "Memcached", "Right. It is a cache: it keeps nothing on disk."),
                Choice("sql", "SQL", "No. What it confirmed is in its file."),
                Choice("redis", "Redis with an append-only file", "No. It reads the file again; without it, yes."),
            ),
        ),
        "what-was-acknowledged": Question(
            asks="Eight requests add to one shared session at once, and all eight are told yes. What is in it?",
            right="one",
            choices=(
                Choice("eight", "Eight things", "No. Each wrote back the whole session that it had read."),
                Choice("one", "One thing", "Right. The last writer wins; a version check would have refused seven."),
                Choice("none", "None: they collided", "No. Nothing collides, and that is the trouble."),
            ),
        ),
    },
    checks={
        "carts-return": Check(
            asks="Change `layout` so that carts outlast a crash of an instance, and of the store.",
            examine=carts_return,
            hints=(
                "Which of the stores that you saw had kept the carts when it came back?",
                "Redis does so with durable=True, for then it writes to disk before it answers. SQL always does.",
                'Return {"state": "sqlite"}; or {"state": "redis", "durable": True} where redis-server is installed.',
            ),
        )
    },
)
