"""What a simulated user believes and intends, apart from any I/O, so that every transport runs the same users.

A user asserts only what the service has acknowledged: an addition whose answer never came may or may not be
in the cart, and both are right.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

GOODS = ("apples", "bread", "cheese", "dates", "eggs", "figs", "grapes", "honey")
MAYBE_DONE = frozenset((None, 500, 502, 504))
"""After these statuses (None: no answer at all) nobody knows whether the work was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to a user.

    Attributes:
        status: the HTTP status; None if no answer came.
        said: its JSON object, empty if it had none.
        error: why there is no answer at all; None if there is one.
    """

    status: int | None
    said: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the service did what it was asked to."""
        return self.status is not None and self.status < 400

    @property
    def complaint(self) -> str | None:
        """Why this is no good answer; None if it is one."""
        return self.error or (None if self.ok else str(self.said.get("reason", f"answered {self.status}")))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A user's judgement of an answer.

    Attributes:
        lost: True if the user was contradicted, False if confirmed, None if nothing could be asserted.
        sentence: what happened, in words.
        error: why this is no good answer; None if it is one.
    """

    lost: bool | None
    sentence: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a journey, and the assertion on its answer.

    `body` is sent as JSON; None sends none. `headers` are sent beside those that every user sends.
    """

    method: str
    path: str
    judge: Callable[[Answer], Verdict]
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.headers.items():
            # A line break would begin another field (RFC 9110, section 5.5).
            if any(ord(each) < 32 or ord(each) == 127 for each in name + value):
                raise ValueError(f"the field {name!r} is {value!r}; it must have no control characters")


@dataclass(frozen=True, slots=True)
class Think:
    """A pause of `for_s` seconds before the next step, on the load's clock."""

    for_s: float


@dataclass(frozen=True, slots=True)
class Forget:
    """The user leaves, and the next step is a new customer's: no cookies."""


def think(for_s: float) -> Think:
    """A pause of `for_s` seconds (0 or more) in a journey: `yield think(1.0)`."""
    return Think(for_s)


class Mind:
    """One user's beliefs and intentions: what a journey is given. It makes steps, and never sends one.

    Attributes:
        name: such as "u1".
        random: for all its choices, seeded, so that a run can be repeated.
        expected: what this user believes is in the cart.
        unsure: additions whose answers never came.
    """

    def __init__(self, name: str, seed: int = 1) -> None:
        self.name = name
        self.random = random.Random(f"{seed}/{name}")
        self.expected: tuple[str, ...] = ()
        self.unsure: tuple[str, ...] = ()

    def add(self, item: str) -> Step:
        """Put one item into the cart, and compare the cart that comes back."""
        return Step("POST", "/cart/items", partial(self._compare, item), {"item": item})

    def check(self) -> Step:
        """Look into the cart, and compare."""
        return Step("GET", "/cart", partial(self._compare, None))

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        expect: Callable[[Mapping[str, Any]], str | None] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Step:
        """Any request. `expect` is given the answer's JSON object and returns a complaint, or None if it is right.

        Without `expect` nothing is asserted. A complaint makes the exchange *lost* and its words the sentence.
        """
        return Step(method, path, partial(self._ask, f"{method} {path}", expect), body, headers or {})

    def forget(self) -> Forget:
        """Leave, and come back as a new customer: no cookies, nothing expected."""
        return Forget()

    def clear(self) -> None:
        """Expect nothing any more. Whoever carries this user's requests drops its cookies too."""
        self.expected = self.unsure = ()

    def _compare(self, item: str | None, answer: Answer) -> Verdict:
        """Whether the cart contradicts this user, and what happened in words."""
        added = (item,) if item else ()
        items = answer.said.get("items") if answer.ok else None
        if not isinstance(items, list):
            error = answer.complaint or f"answered {answer.status}"
            # A 503 with a reason is the balancer's, which sent nothing; a service's own may have lost its store midway.
            if answer.status in MAYBE_DONE or (answer.status == 503 and "reason" not in answer.said):
                self.unsure += added
            return Verdict(None, f"{self.name} got no good answer: {error}", error)
        cart = tuple(items)
        agreed = agrees(self.expected, self.unsure, cart[: len(cart) - len(added)]) and cart[-len(added) :] == (
            added or cart
        )
        believed = len(self.expected) + len(added)
        self.expected, self.unsure = cart, ()
        if agreed:
            return Verdict(
                False, f"{self.name} {'added ' + item if item else 'looked'}: {_items(len(cart))}, as expected"
            )
        return Verdict(True, f"{self.name} expected {_items(believed)} and found {_items(len(cart))}")

    def _ask(self, what: str, expect: Callable[[Mapping[str, Any]], str | None] | None, answer: Answer) -> Verdict:
        error = answer.complaint
        if error:
            return Verdict(None, f"{self.name} got no good answer: {error}", error)
        complaint = expect(answer.said) if expect else None
        if complaint:
            return Verdict(True, f"{self.name} {complaint}")
        return Verdict(False if expect else None, f"{self.name} asked {what}{', as expected' if expect else ''}")


def is_json(content_type: str) -> bool:
    """Whether a body of that type is JSON, problem details among them (RFC 9457)."""
    return content_type.partition(";")[0].strip().lower() in {"application/json", "application/problem+json"}


def agrees(expected: Sequence[str], unsure: Sequence[str], cart: Sequence[str]) -> bool:
    """Whether `cart` is `expected` followed by some of `unsure`, in their order.

    >>> agrees(["apples"], ["bread", "dates"], ["apples", "dates"])
    True
    """
    if list(cart[: len(expected)]) != list(expected):
        return False
    possible = iter(unsure)
    return all(item in possible for item in cart[len(expected) :])


def _items(count: int) -> str:
    return {0: "an empty cart", 1: "1 item"}.get(count, f"{count} items")
