"""Faults at work on a running cluster: begun on entering a context, undone on leaving it whatever happened.

>>> with shop.fault("slow", "a", delay_s=0.2) as fault:
...     users[0].check()
>>> [exchange.id for exchange in fault.touched]
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from minisvc.clock import Clock, monotonic
from minisvc.errors import FaultError
from minisvc.exchange import Exchange
from minisvc.faults import Fault
from minisvc.faults.fault import StoreFault
from minisvc.faults.kinds import (
    Crash,
    DropResponse,
    ErrorShare,
    Hang,
    Partition,
    Refuse,
    Slow,
    StoreCrash,
    StoreSlow,
    StoreWipe,
)
from minisvc.faults.script import Script
from minisvc.pool import Pool
from minisvc.schedule import Schedule
from minisvc.sockets import held_port
from minisvc.stage import Stage
from minisvc.stores.link import Disturbance
from minisvc.stores.use import StoreUse

INSIDE = (Slow, ErrorShare, DropResponse, StoreSlow)
"""Faults that instances themselves act on."""
EVERYTHING = (Hang,)
"""Faults that touch every exchange sent to their instance; of others, only those that fail there."""


class Injection:
    """One fault at work. Use it as a context manager; each can be used once.

    Attributes:
        fault: what it is.
        name: unique in the cluster, such as "slow-1"; `Exchange.fault` carries it.
    """

    def __init__(self, stage: Stage, fault: Fault, name: str, clock: Clock = monotonic) -> None:
        self.fault, self.name, self._stage, self._clock = fault, name, stage, clock
        self._cursor = 0
        self._undo = contextlib.ExitStack()
        self._schedule: Schedule | None = None

    def __enter__(self) -> Self:
        """Break it.

        Raises:
            UnknownInstance: the fault names an instance that is not there.
            WrongStatus: it cannot be broken that way, for it is down already.
            FaultError: the service has no store that could be broken so.
        """
        stage = self._stage
        with stage.lock:
            # Past the end there is nothing, but the cursor comes back.
            self._cursor = stage.ledger.since(sys.maxsize)[0]
            self._say(f"begins: {self.fault.says}")
            try:
                self._begin()
            except BaseException as error:
                self._undo.close()
                self._say(f"could not begin: {error}")
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo it, as far as that is still needed: the instance may have crashed or been restarted meanwhile.

        Raises:
            MinisvcError: what a step of a timed script raised.
        """
        try:
            self._undo.close()
        finally:
            count = len(self.touched)
            self._say(f"ends; it touched {count} exchange{'' if count == 1 else 's'}")

    @property
    def touched(self) -> list[Exchange]:
        """The exchanges that it touched so far, in the order in which they were settled."""
        settled = self._stage.ledger.since(self._cursor)[1]
        return [each for each in settled if each.fault and self.name in each.fault.split(", ")]

    def wait(self, timeout_s: float) -> bool:
        """Wait until a timed script has come to its end; False if it has not. Others are at their end at once."""
        return self._schedule is None or self._schedule.wait(timeout_s)

    def _begin(self) -> None:
        stage, fault = self._stage, self.fault
        for name in fault.instances:
            stage.pool_of(name)
        if isinstance(fault, StoreFault):
            self._begin_in_store(fault)
            return
        if isinstance(fault, Script) and fault.timed:
            for name in dict.fromkeys(step.instance for step in fault.timed):
                stage.pool_of(name)
                self._suspect(name)
            self._schedule = Schedule(stage, fault.timed, self._clock)
            self._undo.callback(self._schedule.close)
            return
        for name in fault.instances:
            self._suspect(name)
            self._begin_at(name, stage.pool_of(name))

    def _begin_at(self, name: str, pool: Pool) -> None:
        fault, stage = self.fault, self._stage
        if isinstance(fault, Crash):
            stage.commands.crash(name)
            self._undo.callback(self._if_status, name, "down", stage.commands.restart)
        elif isinstance(fault, Hang):
            stage.commands.hang(name)
            self._undo.callback(self._if_status, name, "hung", stage.commands.resume)
        elif isinstance(fault, Refuse):
            self._refuse(pool, name)
        elif isinstance(fault, Partition):
            self._disturb(pool, name, Disturbance(mode=fault.how))
        else:
            self._tell(pool, name)

    def _begin_in_store(self, fault: StoreFault) -> None:
        pool = self._stage.pool_with_store(fault.service)
        for name in list(pool.hosts):
            self._suspect(name)
            if isinstance(fault, StoreSlow):
                self._disturb(pool, name, Disturbance(delay_s=fault.delay_s))
                self._tell(pool, name)
        if isinstance(fault, StoreCrash):
            use = pool.store_use
            use.crash_store()
            self._undo.callback(self._bring_back, pool, use)
        elif isinstance(fault, StoreWipe):
            pool.store_use.wipe_store()

    def _bring_back(self, pool: Pool, use: StoreUse) -> None:
        """Restart a crashed store, unless somebody did, or nobody needs it: state may have moved elsewhere."""
        wanted = self._stage.is_open and pool.store_use is use
        if wanted and use.store and not use.store.running:
            use.restart_store()

    def _tell(self, pool: Pool, name: str) -> None:
        """Let the instance itself do it."""
        pool.effects.setdefault(name, {})[self.name] = {**self.fault.data, "name": self.name}
        pool.tell(name)

        def undo() -> None:
            with self._stage.lock:
                # It may have been scaled in meanwhile, and even come back.
                pool.effects.get(name, {}).pop(self.name, None)
                if self._stage.has(name):
                    pool.tell(name)

        self._undo.callback(undo)

    def _disturb(self, pool: Pool, name: str, disturbance: Disturbance) -> None:
        use, links = pool.store_use, pool.store_use.links
        if links is None:
            why = f"{use.store_user} has no store that is reached over plain TCP, so there is no link to disturb"
            raise FaultError([f"{self.fault.kind}: {why}. Use one that has, such as redis or postgres."])

        def mark() -> None:
            if disturbance.mode != "pass" and self._stage.has(name) and pool.store_use.links is links:
                # Those that fail are known. Of the others, those are touched that still wait for it to heal.
                self._stage.suspect(name, self.name, True)

        self._undo.callback(links.calm, name, self.name)
        self._undo.callback(mark)
        links.disturb(name, self.name, disturbance)

    def _refuse(self, pool: Pool, name: str) -> None:
        """Nobody listens where the balancer believes the instance to be; connections that it has stay."""
        stage, held = self._stage, held_port()
        self._undo.callback(held.close)
        refusing = held.getsockname()[1]
        refusals = pool.refusals.setdefault(name, [])

        def lead() -> None:
            backend = stage.backend(name)
            wanted = refusals[-1] if refusals else pool.hosts[name].port
            stage.balancer.call(lambda: setattr(backend, "port", wanted))

        def undo() -> None:
            with stage.lock:
                refusals.remove(refusing)
                if stage.has(name):
                    lead()
                    stage.balancer.check_now(name)

        refusals.append(refusing)
        self._undo.callback(undo)
        lead()

    def _suspect(self, name: str) -> None:
        """Let the balancer put exchanges of that instance down to this fault."""
        stage = self._stage
        stage.suspect(name, self.name, isinstance(self.fault, EVERYTHING))

        def undo() -> None:
            if stage.has(name):
                stage.suspect(name, self.name, None)

        self._undo.callback(undo)

    def _if_status(self, name: str, status: str, command: Callable[[str], None]) -> None:
        with self._stage.lock:
            if self._stage.has(name) and self._stage.pool_of(name).hosts[name].status == status:
                command(name)

    def _say(self, clause: str) -> None:
        target = ", ".join(self.fault.instances) or ("store" if isinstance(self.fault, StoreFault) else None)
        self._stage.say("fault", target, f"{self.name} {clause}.")
