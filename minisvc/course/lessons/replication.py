"""Lesson 05: copies of sessions at neighbours, what they save, what they cost, and what a late copy loses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.panel.content import Choice, Question

USERS, MOST_COPIES = 10, 2


def copies_suffice(layout: Callable[[], Mapping[str, Any]]) -> Iterator[Row]:
    """Crash an instance right after its answers, then two at once, of carts that are copied as the learner says."""
    fields = layout()
    state = fields.get("state")
    copied = state == "replicated_memory"
    yield Row("carts live in the instances' own memory, and are copied", copied, "" if copied else f"state is {state}")
    with Cluster("cart", **fields) as shop:
        yield _all_found("what was confirmed outlasts a crash of a right after it", shop, "a")
    # Copies that are late are the row before; here they have arrived.
    with Cluster("cart", **{**fields, "lag_s": 0.0}) as shop:
        yield _all_found("the neighbours a and b crash, and nobody loses a cart", shop, "a", "b")
    with Cluster("cart", **{**fields, "lag_s": 0.0}) as shop:
        _fill(shop)
        copies = shop.replication().copies / USERS
    few = copies <= MOST_COPIES
    yield Row(f"a write is copied {MOST_COPIES} times at most", few, "" if few else f"it is copied {copies:g} times")


def _all_found(asks: str, shop: Cluster, *victims: str) -> Row:
    users = _fill(shop)
    for name in victims:
        shop.crash(name)
    found = sum(user.check().lost is False for user in users)
    return Row(asks, found == USERS, "" if found == USERS else f"{found} of {USERS} customers found their carts")


def _fill(shop: Cluster) -> tuple[Any, ...]:
    users = shop.add_users(USERS)
    for user in users:
        user.add("apples")
    return users


REPLICATION = Lesson(
    number="05",
    name="replication",
    title="Replication",
    outcome="Choose how many copies of a session to keep, and say which crashes they survive and what they cost.",
    minutes=25,
    needs=("00", "03", "04"),
    predicts={
        "three-in-a-row": Question(
            asks="Four instances stand in a ring, customers bound. Each cart is in its home instance, with copies at "
            "the next two. Three neighbours crash, a, b and c. Who has lost a cart?",
            right="quarter",
            choices=(
                Choice("nobody", "Nobody: d has a copy of everything", "You trust the last one standing."),
                Choice("quarter", "A quarter: those whose home was a", "You counted who holds what."),
                Choice("most", "Three quarters: those of a, b and c", "You expect copies to go with their homes."),
            ),
        )
    },
    recalls={
        "copies-and-crashes": Question(
            asks="How many neighbours may crash before a cart with k copies can be gone?",
            right="k",
            choices=(
                Choice("one-less", "k - 1", "No. Its home and its k copies are k + 1 places; one may be left."),
                Choice("k", "k", "Right. It is in k + 1 places, so that one is left after k crashes."),
                Choice("any", "Any number: a copy is made again at once", "No. You saw that k + 1 in a row lose it."),
            ),
        ),
        "late-copies": Question(
            asks="Copies are sent a moment after the answer. What does a crash lose?",
            right="window",
            choices=(
                Choice("all", "All carts of that instance", "No. Older writes had their copies."),
                Choice(
                    "window",
                    "What was confirmed in that last moment",
                    "Right. The service had said yes, and it was gone. That is the price of answering early.",
                ),
                Choice("unconfirmed", "Only what was not confirmed yet", "No. It answered before it copied."),
            ),
        ),
    },
    checks={
        "copies-suffice": Check(
            asks="Change `layout` so that two neighbours may crash, at any moment, and a write costs no more than "
            "two copies.",
            examine=copies_suffice,
            hints=(
                "Two questions: how many places must a cart be in, and must a copy be there before the answer?",
                "`replicas` is how many neighbours hold a copy; 0 stands for all. `lag_s` is how late copies are sent.",
                'Keep the rest, and say "replicas": 2, "lag_s": 0.0.',
            ),
        )
    },
)
