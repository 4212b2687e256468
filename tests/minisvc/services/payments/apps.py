"""Payments that stop, or die, between a charge and the record of its key."""

import os
import signal
import threading
from pathlib import Path

from flask import Flask

from minisvc.services.database import keeps_records
from minisvc.services.idempotency import Habits
from minisvc.services.payments import create_app

LEASE_S = 0.2
DEATH = "STATEWISE_TEST_DEATH"
"""Names a file: the first who finds it removes it and dies."""


class Gate:
    """Holds the first who comes there until `go`."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.reached, self.go, self.instance = threading.Event(), threading.Event(), ""

    def hold(self, instance: str) -> None:
        if not self.instance:
            self.instance = instance
            self.reached.set()
            self.go.wait(10)


gate = Gate()


def _held(instance: str, keys: str, lease_s: float) -> Flask:
    return create_app(instance, habits=Habits(keys, lease_s=lease_s, between=lambda: gate.hold(instance)))


@keeps_records
def together(instance: str) -> Flask:
    return _held(instance, "together", LEASE_S)


@keeps_records
def apart(instance: str) -> Flask:
    return _held(instance, "apart", LEASE_S)


@keeps_records
def slow(instance: str) -> Flask:
    return _held(instance, "together", 30.0)


def _die() -> None:
    death = Path(os.environ[DEATH])
    if death.exists():
        death.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


@keeps_records
def dying_together(instance: str) -> Flask:
    return create_app(instance, habits=Habits("together", lease_s=LEASE_S, between=_die))


@keeps_records
def dying_apart(instance: str) -> Flask:
    return create_app(instance, habits=Habits("apart", lease_s=LEASE_S, between=_die))
