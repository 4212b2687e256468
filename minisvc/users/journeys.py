"""Journeys: what a user does, step after step, as a generator function that anybody can write.

>>> def shopper(user):
...     yield user.add("apples")        # sent, asserted and settled before the next line runs
...     looked = yield user.check()     # the settled Exchange comes back
...     if not looked.lost:
...         yield think(1.0)

A journey only decides; `Course` turns it into turns, and a transport carries them out: `User` with
requests, `Cohort` for thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from minisvc.errors import did_you_mean
from minisvc.exchange import Exchange
from minisvc.users.errors import LoadError
from minisvc.users.mind import GOODS, Forget, Mind, Step, Think
from minisvc.users.payer import payer
from minisvc.users.sender import sender

Moves = Generator[Step | Think | Forget, Exchange, None]
Journey = Callable[[Mind], Moves]


def shopper(user: Mind) -> Moves:
    """One thing done in a shop: fill a cart with three goods, later mostly look, now and then add."""
    few, room = len(user.expected) < 3, len(user.expected) < len(GOODS)
    if few or (room and user.random.random() < 0.2):
        yield user.add(user.random.choice(GOODS))
    else:
        yield user.check()


def newcomer(user: Mind) -> Moves:
    """A new customer every time: adds three goods, looks once, leaves."""
    for _ in range(3):
        yield user.add(user.random.choice(GOODS))
    yield user.check()
    yield user.forget()


def looker(user: Mind) -> Moves:
    """Looks into the cart and never adds: reads only."""
    yield user.check()


JOURNEYS: dict[str, Journey] = {
    "shopper": shopper,
    "newcomer": newcomer,
    "looker": looker,
    "payer": payer,
    "sender": sender,
}
"""Those that a load knows by name."""


def find_journey(journey: str | Journey) -> Journey:
    """The journey of that name, or the function itself.

    Raises:
        LoadError: there is none of that name.
    """
    if callable(journey):
        return journey
    if journey not in JOURNEYS:
        raise LoadError([f"journey {journey!r} is not known.{did_you_mean(journey, JOURNEYS)}"])
    return JOURNEYS[journey]


@dataclass(frozen=True, slots=True)
class Turn:
    """A user's next step: think for `think_s` seconds, drop the cookies if `fresh`, then send `step`."""

    step: Step
    think_s: float = 0.0
    fresh: bool = False


class Course:
    """One user's way through a journey, which begins anew whenever it ends. No I/O."""

    def __init__(self, mind: Mind, journey: Journey) -> None:
        self.mind, self._journey = mind, journey
        self._moves: Moves = journey(mind)
        self._began = False

    def next(self, last: Exchange | None = None) -> Turn:
        """What comes after the settled exchange `last` (None before the first).

        Raises:
            LoadError: the journey makes no step, or yields something else than a move.
        """
        think_s, fresh, endings = 0.0, False, 0
        while True:
            move = self._move(last)
            last = None
            if isinstance(move, Step):
                return Turn(move, think_s, fresh)
            if isinstance(move, Think):
                think_s += move.for_s
            elif isinstance(move, Forget):
                self.mind.clear()
                fresh = True
            elif move is None and endings == 0:
                endings, self._moves, self._began = 1, self._journey(self.mind), False
            else:
                raise LoadError([self._fault(move)])

    def _move(self, last: Exchange | None) -> Step | Think | Forget | None:
        """The journey's next move; None at its end."""
        try:
            if not self._began or last is None:
                self._began = True
                return next(self._moves)
            return self._moves.send(last)
        except StopIteration:
            return None
        except Exception as error:
            error.add_note(f"in the journey {self._name} of {self.mind.name}, expecting {list(self.mind.expected)}")
            raise

    @property
    def _name(self) -> str:
        return getattr(self._journey, "__name__", "of yours")

    def _fault(self, move: object) -> str:
        if move is None:
            return f"The journey {self._name} ends without a step; let it yield at least one, such as user.check()."
        return (
            f"The journey {self._name} yielded {move!r}; a move is user.add(...), user.check(), user.ask(...), "
            "user.forget() or think(seconds)."
        )
