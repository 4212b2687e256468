"""What somebody pays for: one charge under one key, sent as often as need be."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from minisvc.claims.trial import Trial
from minisvc.exchange import Exchange
from minisvc.users import User

PAUSE_S, WITHIN_S = 0.05, 10.0


class Purchase:
    """One thing to pay for at payments.

    Args:
        trial: whose seed chooses the amount and the key.
        user: who sends it.
        payer: who pays; None: the user.
    """

    def __init__(self, trial: Trial, user: User, payer: str | None = None) -> None:
        self.user, self.payer = user, payer or user.name
        self.key = f"{trial.random.getrandbits(128):032x}"
        self.amount_cents = trial.random.randint(1, 5000)

    def send(self, **other: Any) -> Exchange:
        """Charge; `other` says what is otherwise this time: `amount_cents`, `key` (None: none) or the `user`."""
        key, user = other.get("key", self.key), other.get("user", self.user)
        fields = {"X-User": self.payer} | ({"Idempotency-Key": f'"{key}"'} if key else {})
        body = {"amount_cents": other.get("amount_cents", self.amount_cents), "for": "apples"}
        sent: Exchange = user.perform(user.mind.ask("POST", "/charges", body, headers=fields))
        return sent

    def send_until_done(self) -> None:
        """Charge, and try again for at most 10 s: a key that a dead instance has claimed is free after a while."""
        pause = threading.Event()
        for _ in range(int(WITHIN_S / PAUSE_S)):
            if self.send().status == 201:
                return
            pause.wait(PAUSE_S)

    def charges(self, bought: int = 1) -> int:
        """How often the payer was charged; the user asserts that it was as often as it `bought` something."""
        found: list[int] = []

        def judge(said: Mapping[str, Any]) -> str | None:
            found.append(len(said["charges"]))
            return None if found == [bought] else f"expected {bought} charges and found {found[0]}"

        self.user.perform(self.user.mind.ask("GET", "/charges", expect=judge, headers={"X-User": self.payer}))
        return found[0]
