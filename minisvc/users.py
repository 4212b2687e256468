"""Simulated users: they remember what they did, and say so when the service does not.

Written with `requests` and short, for learners read it. A user asserts only what the service has
acknowledged: an addition whose answer never came may or may not be in the cart, and both are right.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import requests

from minisvc.exchange import Exchange, Ledger

GOODS = ("apples", "bread", "cheese", "dates", "eggs", "figs", "grapes", "honey")
MOST_COOKIES = 32
TIMEOUT_S = 35.0
"""Longer than the balancer's own, so that the balancer says what went wrong."""


class User:
    """One customer with cookies and a memory.

    Attributes:
        name: such as "c1".
        expected: what this user believes is in the cart.
        unsure: additions whose answers never came.
        cookies_seen: the latest session cookies this user has been given, the present one last.
    """

    def __init__(self, name: str, url: str, ledger: Ledger, cookie: str = "session") -> None:
        self.name = name
        self._cookie = cookie
        self.expected: tuple[str, ...] = ()
        self.unsure: tuple[str, ...] = ()
        self.cookies_seen: list[str] = []
        self._url, self._ledger = url, ledger
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._http = requests.Session()
        # No proxy of the environment may come between a user and loopback.
        self._http.trust_env = False

    @property
    def cookie(self) -> str | None:
        """The session cookie that it would present now."""
        return self._http.cookies.get(self._cookie)

    def add(self, item: str) -> Exchange:
        """Put one item into the cart, and compare the cart that comes back."""
        return self._step("POST", "/cart/items", item)

    def check(self) -> Exchange:
        """Look into the cart, and compare."""
        return self._step("GET", "/cart")

    def forget(self) -> None:
        """Start again as a new customer: no cookies, nothing expected."""
        with self._lock:
            self._http.cookies.clear()
            self.expected = self.unsure = ()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _step(self, method: str, path: str, item: str | None = None) -> Exchange:
        with self._lock:
            exchange_id = f"{self.name}-{next(self._numbers)}-{id(self) & 0xFFFF:04x}"
            self._ledger.expect(exchange_id)
            started_s = time.monotonic()
            status, cart, error = self._ask(method, path, item, exchange_id)
            lost, sentence = self._compare(item, status, cart, error)
            return self._ledger.judge(
                Exchange(
                    id=exchange_id,
                    user=self.name,
                    method=method,
                    path=path,
                    status=status,
                    started_s=started_s,
                    duration_s=time.monotonic() - started_s,
                    error=error,
                    definite=status is not None and status != 502,
                    lost=lost,
                    sentence=sentence,
                )
            )

    def _ask(
        self, method: str, path: str, item: str | None, exchange_id: str
    ) -> tuple[int | None, tuple[str, ...] | None, str | None]:
        """The status, the cart that came back, and the error: None for what there is not."""
        try:
            answer = self._http.request(
                method,
                self._url + path,
                json={"item": item} if item else None,
                headers={"X-Request-ID": exchange_id},
                timeout=TIMEOUT_S,
            )
            said: Any = answer.json() if answer.headers.get("content-type") == "application/json" else {}
        except (requests.RequestException, ValueError) as error:
            return None, None, f"no answer: {error}"
        if self.cookie and self.cookie not in self.cookies_seen[-1:]:
            self.cookies_seen = [*self.cookies_seen[1 - MOST_COOKIES :], self.cookie]
        if answer.ok and isinstance(said.get("items"), list):
            return answer.status_code, tuple(said["items"]), None
        return answer.status_code, None, str(said.get("reason", f"answered {answer.status_code}"))

    def _compare(
        self, item: str | None, status: int | None, cart: tuple[str, ...] | None, error: str | None
    ) -> tuple[bool | None, str]:
        """Whether the cart contradicts this user, and what happened in words."""
        added = (item,) if item else ()
        if cart is None:
            if item and (status is None or status in {500, 502, 504}):
                self.unsure += added
            return None, f"{self.name} got no good answer: {error}"
        agreed = agrees(self.expected, self.unsure, cart[: len(cart) - len(added)]) and cart[-len(added) :] == (
            added or cart
        )
        believed = len(self.expected) + len(added)
        self.expected, self.unsure = cart, ()
        if agreed:
            return (
                False,
                f"{self.name} {'added ' + item if item else 'looked'}: {_items(len(cart))}, as expected",
            )
        return True, f"{self.name} expected {_items(believed)} and found {_items(len(cart))}"


def agrees(expected: Sequence[str], unsure: Sequence[str], cart: Sequence[str]) -> bool:
    """Whether `cart` is `expected` followed by some of `unsure`, in their order.

    >>> agrees(["apples"], ["bread", "dates"], ["apples", "dates"])
    True
    """
    if list(cart[: len(expected)]) != list(expected):
        return False
    possible = iter(unsure)
    return all(item in possible for item in cart[len(expected) :])


class Traffic:
    """Users who take turns: each turn adds an item or, more often, looks into the cart.

    Attributes:
        rate: turns a second over all users.
    """

    def __init__(self, users: Callable[[], Sequence[User]], rate: float, seed: int) -> None:
        if not 0 < rate <= 1000:
            raise ValueError(f"rate is {rate!r}; it must be above 0 and at most 1000 turns a second")
        self.rate = rate
        self._users = users
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the present turn; raises what a turn raised, if one did."""
        self._over.set()
        self._thread.join()
        error, self._error = self._error, None
        if error:
            raise error

    def _run(self) -> None:
        try:
            for turn in itertools.count():
                users = self._users()
                if users:
                    self._take_turn(users[turn % len(users)])
                if self._over.wait(1 / self.rate):
                    return
        except BaseException as error:  # noqa: BLE001  # kept, and raised at stop
            self._error = error

    def _take_turn(self, user: User) -> None:
        if len(user.expected) < 3 or (len(user.expected) < len(GOODS) and self._random.random() < 0.2):
            user.add(self._random.choice(GOODS))
        else:
            user.check()


def _items(count: int) -> str:
    return {0: "an empty cart", 1: "1 item"}.get(count, f"{count} items")
