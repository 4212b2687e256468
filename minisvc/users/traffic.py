"""Users who take turns by themselves, a few a second: the life in the panel and in the live view."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence

from minisvc.users.mind import GOODS
from minisvc.users.person import User

PATIENCE_S = 0.5
"""How long turns under way are waited for in any case."""


class Traffic:
    """Users who take turns: each turn adds an item or, more often, looks into the cart.

    Nobody waits for another: each turn is a thread of its own, and a user who still waits for an answer is passed
    over. So an instance that hangs stops only those whom it keeps waiting.

    Attributes:
        rate: turns a second over all users.

    Args:
        users: says who there is, before each turn; may be nobody.
        rate: above 0, at most 1000.
        seed: of what they do.

    Raises:
        ValueError: that rate makes no sense.
    """

    def __init__(self, users: Callable[[], Sequence[User]], rate: float, seed: int) -> None:
        if not 0 < rate <= 1000:
            raise ValueError(f"rate is {rate!r}; it must be above 0 and at most 1000 turns a second")
        self.rate = rate
        self._users = users
        self._random = random.Random(seed)
        self._next = 0
        self._turns: dict[User, threading.Thread] = {}
        self._over = threading.Event()
        self._patient_until_s = 0.0
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._thread.start()

    def stop(self, leave: Callable[[], bool] = lambda: False) -> bool:
        """End, after the turns that are under way; raises what a turn raised, if one did.

        While `leave` says so, turns that take longer than `PATIENCE_S` are left to themselves: stop again to wait for
        them.

        Returns:
            Whether all have ended.
        """
        if not self._over.is_set():
            self._patient_until_s = time.monotonic() + PATIENCE_S
            self._over.set()
        self._thread.join()
        while left := [turn for turn in self._turns.values() if turn.is_alive()]:
            if time.monotonic() > self._patient_until_s and leave():
                return False
            left[0].join(PATIENCE_S / 10)
        errors, self._errors = self._errors, []
        if errors:
            raise errors[0]
        return True

    def _run(self) -> None:
        try:
            while not self._errors:
                user = self._idle(self._users())
                if user:
                    self._begin(user)
                if self._over.wait(1 / self.rate):
                    return
        except BaseException as error:  # noqa: BLE001  # kept, and raised at stop
            self._errors.append(error)

    def _idle(self, users: Sequence[User]) -> User | None:
        """Whose turn it is: the next one around who waits for nothing; None if all wait."""
        for step in range(len(users)):
            place = (self._next + step) % len(users)
            turn = self._turns.get(users[place])
            if turn is None or not turn.is_alive():
                self._next = place + 1
                return users[place]
        return None

    def _begin(self, user: User) -> None:
        # Decided here and not in the turn, so that chance is asked in one order.
        few, room = len(user.expected) < 3, len(user.expected) < len(GOODS)
        item = self._random.choice(GOODS) if few or (room and self._random.random() < 0.2) else None
        turn = threading.Thread(target=self._take_turn, args=(user, item), name=f"traffic-{user.name}", daemon=True)
        self._turns[user] = turn
        turn.start()

    def _take_turn(self, user: User, item: str | None) -> None:
        try:
            user.check() if item is None else user.add(item)
        except BaseException as error:  # noqa: BLE001  # kept, and raised at stop
            self._errors.append(error)
