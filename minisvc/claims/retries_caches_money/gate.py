"""Holds a request in the middle of its work, so that a claim can crash its instance at that very moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from minisvc.claims.claim import Untried
from minisvc.cluster import Cluster
from minisvc.exchange import Exchange

WITHIN_S = 10.0
"""How long a request may take to come there, and how long it is held at most."""


class Gate:
    """Holds the first request that comes after `arm`, and lets all others pass."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed, self._reached, self._open = False, threading.Event(), threading.Event()
        self._instance = ""

    def arm(self) -> None:
        """Hold the next request."""
        self._reached, self._open = threading.Event(), threading.Event()
        self._armed = True

    def hold(self, instance: str) -> None:
        """Called by a service, on behalf of `instance`, where it is to be held."""
        with self._lock:
            first, self._armed = self._armed, False
        if first:
            self._instance = instance
            self._reached.set()
            self._open.wait(WITHIN_S)

    def wait(self) -> str:
        """The instance in which a request is held now.

        Raises:
            Untried: none came within 10 s.
        """
        if not self._reached.wait(WITHIN_S):
            raise Untried(f"no request came to where it was to be held within {WITHIN_S:g} s: the machine is too busy")
        return self._instance

    def release(self) -> None:
        """Let it go on."""
        self._open.set()


gate = Gate()
"""The one that claims' services know: they are found by their names, so that nobody can hand them one."""


@contextmanager
def held(send: Callable[[], Exchange]) -> Iterator[tuple[str, Future[Exchange]]]:
    """A request under way: the instance that holds it, and what will come of it once it may go on."""
    gate.arm()
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(send)
        try:
            yield gate.wait(), sent
        finally:
            gate.release()


def crash_meanwhile(shop: Cluster, send: Callable[[], Exchange]) -> Exchange:
    """What comes of a request whose instance crashes while it is held."""
    with held(send) as (instance, sent):
        shop.crash(instance)
        # Its thread is dead as soon as it wakes; the answer comes from elsewhere, or is an error.
        gate.release()
        return sent.result()
