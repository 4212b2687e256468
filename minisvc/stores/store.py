"""Stores as things that can crash: one interface, whatever stands behind it.

A store is one of four: a *given* one, that somebody else runs; a *program* that the lab started; an *imitation* in
this process; or a *library*, which is no server at all. What a store claims of itself (`durable`, `embedded`, `kind`)
is what the panel, the diary and the lessons repeat, so it must be true of the one that is in use.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn, Self
from urllib.parse import urlsplit, urlunsplit

from minisvc.errors import FaultError


class Store(ABC):
    """A store that the lab runs: started once, then crashed and restarted as often as wanted. One thread at a time.

    Attributes:
        kind: for people, such as "redis-server 7.0.15" or "fakeredis (imitation)".
        url: its address, with any password; use `shown_url` where people read it. It stays the same for life.
        durable: whether what it has confirmed outlasts a crash of its own; None: a given store that does not say.
        embedded: whether it lives in this process, as an imitation or a library does.
        given: whether it was there before the lab, and so is not the lab's to kill or to empty.
        running: whether it runs, as far as the lab knows.
    """

    kind: str
    url: str
    durable: bool | None = False
    embedded = False
    given = False
    running = False

    @property
    def shown_url(self) -> str:
        """The address without a password."""
        return without_password(self.url)

    @property
    def says(self) -> str:
        """Its kind, and whether it is down, as people are to read it."""
        return self.kind if self.running else f"{self.kind}, down"

    def start(self) -> Self:
        """Start it, or reach the given one. Starting one that runs changes nothing.

        Raises:
            StoreUnavailable: it does not get ready, or does not answer.
        """
        if not self.running:
            self._run()
            self.running = True
        return self

    def crash(self) -> None:
        """Kill it, without a chance to save anything (SIGKILL for a program).

        Raises:
            FaultError: it is down already, or not the lab's to kill.
        """
        if not self.running:
            raise FaultError(["store_crash: the store is down already; restart it first: cluster.restart_store()."])
        self.running = False
        self._kill()

    def restart(self) -> None:
        """After `crash`: start it on the same port. What was durable is there again; all else is gone.

        Raises:
            FaultError: it runs.
            StoreUnavailable: it does not get ready.
        """
        if self.running:
            raise FaultError(["store_restart: the store runs; crash it first: cluster.crash_store()."])
        self.start()

    def wipe(self) -> None:
        """Let it lose all that it holds, durable or not, and stay up.

        Raises:
            FaultError: it is down, or not the lab's to empty.
            StoreUnavailable: it does not answer.
        """
        if not self.running:
            raise FaultError(["store_wipe: the store is down; restart it first: cluster.restart_store()."])
        self._erase()

    def close(self) -> None:
        """End it, and remove what it left on disk. A given one stays as it is. Closing twice changes nothing."""
        if self.running:
            self.running = False
            self._kill()
        self._clear()

    def __repr__(self) -> str:
        return f"<{self.kind} at {self.shown_url}, {'running' if self.running else 'down'}>"

    @abstractmethod
    def _run(self) -> None:
        """Start it and wait until it answers."""

    @abstractmethod
    def _kill(self) -> None:
        """End it at once, with every connection."""

    @abstractmethod
    def _erase(self) -> None:
        """Forget everything, while it runs."""

    def _clear(self) -> None:
        """Remove what outlasts it. Nothing by default."""
        return


class Given(Store):
    """A store that somebody else runs. A kind of store only adds how it is greeted (`_run`)."""

    given = True
    durable: bool | None = None

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.url = kind, url

    def crash(self) -> None:
        """Refuse."""
        self._refuse("store_crash", "kill")

    def restart(self) -> None:
        """Refuse."""
        self._refuse("store_restart", "start")

    def wipe(self) -> None:
        """Refuse: others may keep things there."""
        self._refuse("store_wipe", "empty")

    def _kill(self) -> None:
        """It stays."""

    def _erase(self) -> None:
        """It stays."""

    def _refuse(self, command: str, verb: str) -> NoReturn:
        given = f"the store at {self.shown_url} was given, so it is not the lab's to {verb}"
        raise FaultError([f"{command}: {given}. Leave store_url out, and the lab starts one of its own."])


def without_password(url: str) -> str:
    """An address as people may read it."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = f"***@{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return urlunsplit(parts._replace(netloc=place))
