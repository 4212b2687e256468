"""A journey at payments: charge, try again under the same key until there is an answer, and check the balance."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any
from uuid import uuid4

from minisvc.exchange import Exchange
from minisvc.users.mind import GOODS, Mind, Step, Think, think

TRIES = 5
PAUSE_S = 0.05
MOST_CENTS = 5000
AGAIN = frozenset((409, 503))
"""Beside no answer at all and a gateway's errors: after these the same request may be sent again."""


def payer(user: Mind) -> Generator[Step | Think, Exchange, None]:
    """Pays again and again; a try that went wrong is repeated with its key, and each charge is to be there once."""
    account = _Account(user)
    while True:
        yield account.look()
        # The key is no decision, and a second run with the same seed must not send the first one's.
        key, amount_cents = str(uuid4()), user.random.randint(1, MOST_CENTS)
        for _ in range(TRIES):
            tried = yield account.charge(key, amount_cents)
            if tried.status == 201:
                account.charged(amount_cents)
                break
            if tried.definite and tried.status is not None and tried.status < 500 and tried.status not in AGAIN:
                break
            yield think(PAUSE_S)
        else:
            account.perhaps(amount_cents)


class _Account:
    """What a user believes of its balance.

    Attributes:
        possible: the balances, in cents, that would contradict nothing; none before the first look.
    """

    def __init__(self, user: Mind) -> None:
        self._user = user
        self.possible: set[int] = set()

    def look(self) -> Step:
        """Look at the balance, and compare."""
        return self._user.ask("GET", "/charges", expect=self._compare, headers={"X-User": self._user.name})

    def charge(self, key: str, amount_cents: int) -> Step:
        """Send a charge, perhaps not for the first time."""
        body = {"amount_cents": amount_cents, "for": GOODS[amount_cents % len(GOODS)]}

        def expect(said: Mapping[str, Any]) -> str | None:
            told = said.get("amount_cents")
            return None if told == amount_cents else f"sent {amount_cents} cents and was told of {told}"

        headers = {"X-User": self._user.name, "Idempotency-Key": f'"{key}"'}
        return self._user.ask("POST", "/charges", body, expect, headers=headers)

    def charged(self, amount_cents: int) -> None:
        """It was acknowledged."""
        self.possible = {each + amount_cents for each in self.possible}

    def perhaps(self, amount_cents: int) -> None:
        """No try had an answer: both are right."""
        self.possible |= {each + amount_cents for each in self.possible}

    def _compare(self, said: Mapping[str, Any]) -> str | None:
        balance = said.get("balance_cents")
        expected, self.possible = self.possible, {balance} if isinstance(balance, int) else set()
        if not expected or balance in expected:
            return None
        return f"expected to have paid {' or '.join(map(str, sorted(expected)))} cents and had paid {balance}"
