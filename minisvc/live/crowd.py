"""Simulated users of whom nobody waits for another: one instance that hangs stops only those whom it keeps waiting."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from minisvc.users import Traffic, User

MOST_AT_ONCE = 64


class Crowd(Traffic):
    """Users who take turns by chance, until `stop`. One who waits for an answer is passed over.

    Args:
        users: at least one.
        rate: turns a second over all users.
        seed: who is next, and what it does.
    """

    def __init__(self, users: Sequence[User], rate: float, seed: int) -> None:
        self._all = users
        self._waiting: set[User] = set()
        self._lock = threading.Lock()
        self._errors: list[BaseException] = []
        self._threads = ThreadPoolExecutor(min(len(users), MOST_AT_ONCE), "user")
        super().__init__(lambda: users, rate, seed)

    def stop(self) -> None:
        """End, after the turns that are under way; raises what a turn raised, if one did."""
        try:
            super().stop()
        finally:
            self._threads.shutdown()
        errors, self._errors = self._errors, []
        if errors:
            raise errors[0]

    def _take_turn(self, user: User) -> None:
        with self._lock:
            idle = [each for each in self._all if each not in self._waiting]
            if not idle:
                return
            user = self._random.choice(idle)
            self._waiting.add(user)
        self._threads.submit(super()._take_turn, user).add_done_callback(lambda done: self._settle(user, done))

    def _settle(self, user: User, done: Future[None]) -> None:
        with self._lock:
            self._waiting.discard(user)
            error = done.exception()
            if error:
                self._errors.append(error)


class Switch:
    """The crowd's switch: on, off and on again, with the same users.

    Attributes:
        users: they keep their cookies and their memories while they rest.
        rate: turns a second over all of them.
    """

    def __init__(self, users: Sequence[User], rate: float, seed: int) -> None:
        self.users, self.rate, self._seed = users, rate, seed
        self._crowd: Crowd | None = None

    @property
    def is_on(self) -> bool:
        """Whether they take turns."""
        return self._crowd is not None

    def turn_on(self) -> None:
        """Let them take turns; without users, nothing happens."""
        if self.users and self._crowd is None:
            self._crowd = Crowd(self.users, self.rate, self._seed)

    def turn_off(self) -> None:
        """Let them rest, after the turns that are under way; raises what a turn raised, if one did."""
        crowd, self._crowd = self._crowd, None
        if crowd:
            crowd.stop()
