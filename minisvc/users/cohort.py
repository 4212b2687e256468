"""Thousands of users in one thread: each makes its steps one after another, on kept connections that never block.

What a user does next is its journey's decision (`Course`), when it does it the load's (`minisvc.users.pace`).
Here both are carried out: every step that was sent is settled in the ledger, whatever happens.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from functools import partial

from minisvc.exchange import Ledger
from minisvc.users import pace
from minisvc.users.journeys import Turn, find_journey
from minisvc.users.light import Errand, LightUser, Target
from minisvc.users.load import Load
from minisvc.users.reactor import Reactor
from minisvc.users.result import Progress, Tally
from minisvc.users.wire import Reply, Wire

SWEEP_S = 0.1
BREATHER_S = 0.05
"""A user whose request could not even be sent waits this long, lest it ask a dead port a thousand times a second."""
NOT_WAITED_FOR = "the load ended before its answer came"


class Cohort:
    """Carries a load out. All methods belong to the thread that calls `run`, except through `reactor.call`.

    Attributes:
        tally: what has happened so far.
    """

    def __init__(self, load: Load, target: Target, ledger: Ledger, reactor: Reactor) -> None:
        self._load, self._target, self._ledger, self.reactor = load, target, ledger, reactor
        self.tally = Tally()
        journey, seed = find_journey(load.journey), load.seed
        self._users = [LightUser(f"u{number}", journey, target, seed) for number in range(1, load.users + 1)]
        self._chance = random.Random(f"{seed}/load")
        self._began_s = self.reactor.clock()
        self._ended_s = 0.0
        self._closing = False
        self._planned = True
        self._unthought: set[LightUser] = set()
        self._under_way: dict[str, Errand] = {}
        self._waiting: deque[Errand] = deque()
        self._idle: list[Wire] = []
        self._wires: set[Wire] = set()
        self._arrivals: Iterator[tuple[float, LightUser]] = iter(())

    def run(self) -> None:
        """Until the load's end, and until everything that was sent is settled."""
        self._began_s = self.reactor.clock()
        if self._load.is_open:
            self._begin_open()
        else:
            self._begin_closed()
        if self._load.duration_s is not None:
            self.reactor.at(self._began_s + self._load.duration_s, partial(self.finish, self._load.timeout_s))
        self._sweep()
        try:
            self.reactor.run()
        finally:
            self._abandon()
            self._ended_s = self.reactor.clock()
            for wire in self._wires:
                wire.drop()

    @property
    def took_s(self) -> float:
        """From the begin until the end, or until now."""
        return (self._ended_s or self.reactor.clock()) - self._began_s

    def progress(self) -> Progress:
        """How far it is; from any thread."""
        tally, load, took_s = self.tally, self._load, self.took_s
        shares = [tally.sent / load.steps] if load.steps else []
        if load.duration_s:
            shares.append(took_s / load.duration_s)
        return Progress(
            sent=tally.sent,
            served=tally.served,
            failed=tally.failed,
            lost=tally.lost,
            waiting=len(self._waiting),
            elapsed_s=took_s,
            share=min(1.0, max(shares)) if shares else None,
            is_last=self._ended_s > 0,
        )

    def forget(self) -> None:
        """Everybody starts again as a new customer."""
        for user in self._users:
            user.leave()

    def finish(self, grace_s: float, *, drop_due: bool = False) -> None:
        """Plan no more steps, and end when all that is due was done, at the latest after `grace_s` seconds.

        `drop_due`: what is due and not sent yet stays unsent.
        """
        self._closing, self._planned = True, False
        thinking, self._unthought = self._unthought, set()
        for user in thinking:
            user.busy = False
        if drop_due:
            self._drop_due()
        self.reactor.at(self.reactor.clock() + grace_s, self.reactor.stop)
        self._end_if_done()

    # When users act.

    def _begin_closed(self) -> None:
        load, count = self._load, len(self._users)
        weights = pace.zipf_weights(count, load.zipf_s if load.activity == "zipf" else 0.0)
        shares = pace.quotas(load.steps, weights, self._chance) if load.steps else None
        for number, user in enumerate(self._users):
            user.left = shares[number] if shares else None
            user.pause_s = load.think_s / (weights[number] * count)
            # Spread over one think time, so that they do not march in step.
            user.busy = True
            self._unthought.add(user)
            begin_s = self._began_s + load.think_s * number / count
            self.reactor.at(begin_s, partial(self._go_on, user, first=True))
        self._planned = False

    def _begin_open(self) -> None:
        load = self._load
        assert load.rate is not None, "open load without a rate"
        weights = pace.zipf_weights(len(self._users), load.zipf_s if load.activity == "zipf" else 0.0)
        moments = pace.arrivals(load.rate, load.arrivals, random.Random(f"{load.seed}/arrivals"))
        chosen = (self._users[number] for number in pace.draws(weights, self._chance))
        self._arrivals = zip(moments, chosen, strict=False)
        self._steps_left = load.steps if load.steps is not None else -1
        self._next_arrival()

    def _next_arrival(self) -> None:
        """Plan one arrival ahead."""
        if self._steps_left == 0:
            self._planned = False
            return
        self._steps_left -= 1
        after_s, user = next(self._arrivals)
        due_s = self._began_s + after_s
        self.reactor.at(due_s, partial(self._arrive, user, due_s))

    def _arrive(self, user: LightUser, due_s: float) -> None:
        if self._closing:
            return
        user.due.append(due_s)
        self._next_arrival()
        self._serve_due(user)

    def _serve_due(self, user: LightUser) -> None:
        """Open load: the user's next step, unless one is under way; there is no time to think."""
        if user.due and not user.busy:
            user.busy = True
            self._begin(user, user.next(), user.due.popleft())

    def _go_on(self, user: LightUser, *, first: bool = False, breather_s: float = 0.0) -> None:
        """Closed load: the user's next step after its think time, if it may make one."""
        self._unthought.discard(user)
        if self._closing or user.left == 0:
            user.busy = False
            self._end_if_done()
            return
        if user.left is not None:
            user.left -= 1
        turn = user.next()
        pause_s = turn.think_s + breather_s + (0.0 if first else user.pause_s)
        if pause_s > 0:
            self._unthought.add(user)
            self.reactor.at(self.reactor.clock() + pause_s, partial(self._thought, user, turn))
        else:
            self._begin(user, turn, None)

    def _thought(self, user: LightUser, turn: Turn) -> None:
        if user in self._unthought:
            self._unthought.discard(user)
            self._begin(user, turn, None)

    # How a step is carried out.

    def _begin(self, user: LightUser, turn: Turn, intended_s: float | None) -> None:
        errand = user.begins(turn, self.reactor.clock(), intended_s)
        if self._idle or len(self._wires) < self._load.connections:
            self._send(errand)
        else:
            self._waiting.append(errand)

    def _send(self, errand: Errand) -> None:
        wire = self._wire()
        errand.wire, errand.sent_s = wire, self.reactor.clock()
        self._ledger.expect(errand.id)
        self.tally.sent += 1
        self._under_way[errand.id] = errand
        wire.ask(
            errand.user.request(errand), partial(self._answered, errand), bodiless=errand.turn.step.method == "HEAD"
        )

    def _wire(self) -> Wire:
        while self._idle:
            wire = self._idle.pop()
            if wire.is_open:
                return wire
            self._wires.discard(wire)
        wire = Wire(self.reactor, self._target.host, self._target.port)
        self._wires.add(wire)
        return wire

    def _answered(self, errand: Errand, reply: Reply) -> None:
        if errand.settled:
            return
        wire, user = errand.wire, errand.user
        self._settle(errand, reply)
        if wire and wire.is_open:
            self._idle.append(wire)
        elif wire:
            self._wires.discard(wire)
        if self._waiting:
            self._send(self._waiting.popleft())
        if self._load.is_open:
            user.busy = False
            self._serve_due(user)
            self._end_if_done()
        else:
            self._go_on(user, breather_s=0.0 if reply.sent else BREATHER_S)

    def _settle(self, errand: Errand, reply: Reply) -> None:
        told = errand.user.settles(errand, reply, self.reactor.clock())
        errand.settled = True
        del self._under_way[errand.id]
        exchange = self._ledger.judge(told)
        errand.user.settled(exchange)
        self.tally.add(exchange)

    # How it ends.

    def _end_if_done(self) -> None:
        if self._planned or self._under_way or self._waiting:
            return
        if not any(user.busy or user.due for user in self._users):
            self.reactor.stop()

    def _sweep(self) -> None:
        """Give up on answers that are overdue; the oldest come first."""
        limit_s = self.reactor.clock() - self._load.timeout_s
        for errand in list(self._under_way.values()):
            if errand.sent_s > limit_s:
                break
            if errand.wire:
                errand.wire.drop(f"none within {self._load.timeout_s:g} s")
        self.reactor.at(self.reactor.clock() + SWEEP_S, self._sweep)

    def _drop_due(self) -> None:
        for user in self._users:
            self.tally.unsent += len(user.due)
            user.due.clear()
        for errand in self._waiting:
            errand.user.busy = False
        self.tally.unsent += len(self._waiting)
        self._waiting.clear()

    def _abandon(self) -> None:
        """Settle what is under way, for whatever was sent has to be accounted for."""
        self._drop_due()
        for errand in list(self._under_way.values()):
            self._settle(errand, Reply(error=NOT_WAITED_FOR, sent=True))
