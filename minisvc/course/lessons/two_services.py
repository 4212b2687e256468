"""Lesson 01: one service that remembers, one that does not, both written and asked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.panel.content import Choice, Question

VISITS, PATIENCE_S = 6, 10.0


def visits_survive(service: Any) -> Iterator[Row]:
    """Visit a service of the learner's own, through a crash, and as somebody else."""
    with Cluster(f"{service.__module__}:{service.__name__}", instances=2, state="signed_cookie") as shop:
        counted = visit(shop, crash_after=VISITS)
        yield _counts(f"{VISITS} visits to two instances count {VISITS}", counted)
        crashed = visit(shop, crash_after=VISITS // 2)
        yield _counts(f"a crash of instance a after visit {VISITS // 2} takes nothing away", crashed)
        (first,) = visit(shop, times=1)
        why = f"a new visitor was told {first!r}: somebody else's visits are in it"
        yield Row("a new visitor begins at 1", first == 1, "" if first == 1 else why)


def visit(shop: Cluster, times: int = VISITS, crash_after: int = VISITS) -> list[Any]:
    """What one visitor is told, who keeps cookies and sends back as a query whatever the last answer said."""
    told, said = list[Any](), dict[str, Any]()
    with requests.Session() as visitor:
        # No proxy of the environment may come between a visitor and loopback.
        visitor.trust_env = False
        for number in range(times):
            if number == crash_after:
                shop.crash("a")
            said = visitor.get(f"{shop.url}/visit", params=said, timeout=PATIENCE_S).json()
            told.append(said.get("visits"))
    return told


def _counts(asks: str, told: list[Any]) -> Row:
    wanted = list(range(1, VISITS + 1))
    holds = told == wanted
    return Row(asks, holds, "" if holds else f"the visitor was told {told}, not {wanted}")


TWO_SERVICES = Lesson(
    number="01",
    name="two-services",
    title="Two services, by hand",
    outcome="Tell from a service's code what a second instance and a crash will do to it.",
    minutes=20,
    needs=("00",),
    predicts={
        "sixth-visit": Question(
            asks="A service counts visits in a variable of its own. Two instances of it take turns. You visit six "
            "times. What does the sixth answer say?",
            right="three",
            choices=(
                Choice("six", "6: it was visited six times", "You trust that the service is one."),
                Choice("three", "3: this instance was visited three times", "You count instances."),
                Choice("one", "1: every request starts afresh", "You expect no memory at all."),
            ),
        )
    },
    recalls={
        "who-remembers": Question(
            asks="In the stateless service, who remembers how often you were there?",
            right="client",
            choices=(
                Choice("nobody", "Nobody", "No. The count went on, so somebody kept it."),
                Choice("client", "The client, who sends it with each request", "Right. The state moved to the client."),
                Choice("balancer", "The balancer", "No. It only passes requests on, and chose in turns."),
            ),
        ),
        "what-stateless-means": Question(
            asks="Which sentence says what a stateless service is?",
            right="any",
            choices=(
                Choice("none", "There is no state anywhere", "No. The count was there, in each request."),
                Choice(
                    "any",
                    "Any instance can answer any request",
                    "Right. What it needs comes with the request, or from a store that all instances reach.",
                ),
                Choice("never", "It never crashes", "No. It crashes as others do; less depends on it."),
            ),
        ),
    },
    checks={
        "visits-survive": Check(
            asks="Change `mine` so that six visits count six, whichever instance answers, even if one crashes.",
            examine=visits_survive,
            hints=(
                "Where is the number kept now? Who else could keep it between two requests?",
                "The visitor sends back what the last answer said: `request.args` has it, as text. Cookies do as well.",
                'Answer with int(request.args.get("visits", 0)) + 1, and let go of the counter.',
            ),
        )
    },
)
