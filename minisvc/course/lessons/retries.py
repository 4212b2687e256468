"""Lesson 07: answers that are lost, requests that are sent again, and how they have one effect all the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import requests

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.errors import MinisvcError
from minisvc.panel.content import Choice, Question

NAMES, CENTS, MOST_TRIES, PATIENCE_S = ("a", "b"), 250, 20, 10.0

Buy = Callable[[Callable[..., requests.Response], str], Any]


class EndlessTries(MinisvcError):
    """A client did not give up; `tries` is after how many it was stopped."""

    def __init__(self, tries: int) -> None:
        self.tries = tries
        super().__init__(f"It was stopped after {tries} tries. Give up earlier, and say so.")


class Till:
    """Payments as one buyer sees them. `send` is what a learner's `buy` is given; `statuses` is what it was told."""

    def __init__(self, shop: Cluster, lost: int = 0, cents: int = CENTS) -> None:
        self._shop, self._lost, self._cents = shop, itertools.chain([True] * lost, itertools.repeat(False)), cents
        self.statuses: list[int] = []

    def send(self, key: str) -> requests.Response:
        """Ask for a charge under that idempotency key; the first answers of a till that loses some are dropped.

        Raises:
            EndlessTries: that was more often than anybody should.
        """
        if len(self.statuses) >= MOST_TRIES:
            raise EndlessTries(MOST_TRIES)
        with self._shop.fault("drop_response", *NAMES, share=float(next(self._lost))):
            answer = self._ask("POST", json={"amount_cents": self._cents}, key=key)
        self.statuses.append(answer.status_code)
        return answer

    def charges(self) -> int:
        """How often the buyer has been charged so far."""
        return len(self._ask("GET").json()["charges"])

    def _ask(self, method: str, json: Any = None, key: str = "") -> requests.Response:
        fields = {"X-User": "ann"} | ({"Idempotency-Key": f'"{key}"'} if key else {})
        with requests.Session() as link:
            # No proxy of the environment may come between a buyer and loopback.
            link.trust_env = False
            return link.request(method, f"{self._shop.url}/charges", json=json, headers=fields, timeout=PATIENCE_S)


def paid_once(buy: Buy) -> Iterator[Row]:
    """Let the learner's client buy, with answers lost, twice in a row, for nothing, and from a till that is mute."""
    with Cluster("payments", instances=len(NAMES)) as shop:
        first = Till(shop, lost=2)
        buy(first.send, "order-1")
        yield _charged("two answers are lost, and ann is charged once", first, 1)
        second, refused, mute = Till(shop), Till(shop, cents=0), Till(shop, lost=MOST_TRIES)
        buy(second.send, "order-2")
        yield _charged("she buys again, and is charged again", second, 2)
        buy(refused.send, "order-3")
        told = refused.statuses
        yield Row(
            "what is refused for good is sent once", told == [422], "" if told == [422] else f"the answers were {told}"
        )
        yield _gives_up(buy, mute)


def _charged(asks: str, till: Till, wanted: int) -> Row:
    charges = till.charges()
    why = f"charges: {charges}, not {wanted}; the answers were {till.statuses}"
    return Row(asks, charges == wanted, "" if charges == wanted else why)


def _gives_up(buy: Buy, mute: Till) -> Row:
    try:
        buy(mute.send, "order-4")
    except EndlessTries as endless:
        return Row("it tries again, and gives up in the end", False, str(endless))
    tried = len(mute.statuses)
    return Row("it tries again, and gives up in the end", tried > 1, "" if tried > 1 else f"tries: {tried}")


RETRIES = Lesson(
    number="07",
    name="retries",
    title="Retries and idempotency",
    outcome="Send a request again without having its effect again, and say who may do so.",
    minutes=25,
    needs=("00", "01"),
    predicts={
        "lost-answers": Question(
            asks="You pay. The charge is made, and the answer is lost on the way, three times in a row. Your program "
            "sends the request again until it is answered. How often are you charged?",
            right="four",
            choices=(
                Choice("one", "Once: it is the same request", "You expect the service to know it again."),
                Choice("three", "Three times", "You count the answers that were lost."),
                Choice("four", "Four times", "You count the requests that arrived."),
            ),
        )
    },
    recalls={
        "who-makes-key": Question(
            asks="Who makes an idempotency key, and when is it a new one?",
            right="client",
            choices=(
                Choice("service", "The service, with each answer", "No. The answer is what was lost."),
                Choice("each-try", "The client, with each try", "No. Then every try is another purchase."),
                Choice("client", "The client, once for each purchase", "Right. All tries for it carry the same key."),
            ),
        ),
        "proxy-and-post": Question(
            asks="An instance crashes while it works on a POST. What should the proxy in front of it do?",
            right="tell",
            choices=(
                Choice("again", "Send it to another instance", "No. The work may have been done."),
                Choice("tell", "Answer 502, and leave it to the client", "Right. Only the client knows if it may."),
                Choice("ok", "Answer 200: it was probably done", "No. Nobody knows, and that is what 502 says."),
            ),
        ),
    },
    checks={
        "paid-once": Check(
            asks="Change `buy` so that lost answers cost nobody money, and what is refused for good is sent once.",
            examine=paid_once,
            hints=(
                "Every try has a key of its own. What should two tries for the same order have in common?",
                "Use the order as the key. Then ask which answers will not get better by asking again: 422 is one.",
                "answer = send(key=order), and return it unless the status is 500 or more (or 409: it is under way).",
            ),
        )
    },
)
