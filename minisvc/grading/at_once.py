"""Several clients ask at one moment, and one asks until something comes true."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
EVERY_S = 0.05


def at_once(asks: Sequence[Callable[[], T]]) -> list[T]:
    """Let all of them ask at one moment, each in a thread of its own; returns what they got, in their order.

    Each must use a visitor of its own: a visitor does one thing at a time.

    Raises:
        Failed: what the first of them raised, in their order, after all are done.
    """
    together = threading.Barrier(len(asks))

    def ask(one: Callable[[], T]) -> T:
        together.wait()
        return one()

    with concurrent.futures.ThreadPoolExecutor(len(asks), "at-once") as pool:
        return [each.result() for each in [pool.submit(ask, one) for one in asks]]


def comes_true(holds: Callable[[], object], within_s: float) -> bool:
    """Ask again and again until it holds; returns whether it did within so many seconds.

    What it raises is raised: a service that answers nonsense is not asked again.
    """
    ends_s, pause = time.monotonic() + within_s, threading.Event()
    while not holds():
        if time.monotonic() >= ends_s:
            return False
        pause.wait(EVERY_S)
    return True
