"""Sessions in a store beside the instances: what all mechanisms with a store have in common."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Collection
from dataclasses import replace

from flask import Flask

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keyvalue import StoreDown, connect
from minisvc.layout import Service
from minisvc.state.mechanism import Cookie, Held, Mechanism, Probe, Terms, nothing
from minisvc.state.sessions import Sessions
from minisvc.stores.link import Links, can_link
from minisvc.stores.store import Store


class Stored(Mechanism):
    """One store for all instances; each instance has its own connections, cut when it crashes."""

    store: Store

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        super().__init__(service, cookie, clock)
        # Whatever stops this half-way, Ctrl-C too, leaves nothing running.
        with contextlib.ExitStack() as undo:
            self.store = self.open_store()
            undo.callback(self.store.close)
            self.links = Links(self.store.url) if can_link(self.store.url) else None
            if self.links:
                undo.callback(self.links.close)
            self.reader = connect(self.store.url, _prefix(self.cookie))
            undo.callback(self.reader.close)
            self.sessions = Sessions(Flask(__name__), self.reader, service.keeping, clock)
            self._undo = undo.pop_all()

    @abstractmethod
    def open_store(self) -> Store:
        """Start the store, or reach the given one. Raises StoreUnavailable."""

    def terms(self, instance: str) -> Terms:
        """The store's address by that instance's own link."""
        url = self.links.address(instance) if self.links else self.store.url
        return replace(super().terms(instance), store_url=url)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Point the instance at the store, through its fence."""
        assert terms.store_url is not None
        store = connect(terms.store_url, _prefix(terms.cookie), fence)
        app.session_interface = Sessions(app, store, terms.keeping, terms.clock)
        app.extensions["keyvalue"] = store
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the store; none while it cannot be asked."""
        try:
            return [Held("store", sid, session) for sid, session in self.sessions.alive().items()]
        except StoreDown:
            return []

    def close(self) -> None:
        """Let go of the store, and stop it if the lab started it."""
        self._undo.close()


def _prefix(cookie: Cookie) -> str:
    return f"{cookie.name}:"
