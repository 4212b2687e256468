"""Users who take turns by themselves, a few a second: the life in the panel."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Sequence

from minisvc.users.mind import GOODS
from minisvc.users.person import User


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
