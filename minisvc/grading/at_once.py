"""Several clients ask at one moment."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


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
