"""Sessions in the memory of an instance, with copies in that of its neighbours: survives as many crashes as copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.replicas import Counts, Hub, Replicated
from minisvc.replicas.ring import MARK
from minisvc.sockets import LOOPBACK
from minisvc.state.mechanism import Cookie, Probe, Terms
from minisvc.state.memory import Memory
from minisvc.state.sessions import Sessions


class ReplicatedSessions(Sessions):
    """Sessions whose ids say where they began."""

    def __init__(self, app: Flask, store: Replicated, terms: Terms, home: str) -> None:
        super().__init__(app, store, terms.keeping, terms.clock)
        self._held, self._home = store.held, home

    def alive(self) -> dict[str, Mapping[str, Any]]:
        """What this instance holds itself, the copies included."""
        found = ((sid, self.read(sid, entry)) for sid, entry in self._held().items())
        return {sid: saved for sid, saved in found if saved is not None}

    def _generate_sid(self, session_id_length: int) -> str:
        return f"{super()._generate_sid(session_id_length)}{MARK}{self._home}"


class ReplicatedMemory(Memory):
    """`Keeping.replicas` copies of each session, 0 for all other instances, sent after `Keeping.lag_s`."""

    name = "replicated_memory"

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        super().__init__(service, cookie, clock)
        self._hub = Hub()

    def terms(self, instance: str) -> Terms:
        """Where to join."""
        return replace(super().terms(instance), store_url=f"members://{LOOPBACK}:{self._hub.port}")

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Join, and take a share of the sessions before the first request is served."""
        store = Replicated(urlsplit(terms.store_url or "").port or 0, fence, terms.keeping, terms.clock)
        sessions = ReplicatedSessions(app, store, terms, fence.name)
        app.session_interface, app.extensions["keyvalue"] = sessions, store
        return lambda: sessions.alive() if fence.is_open else {}

    def left(self, instance: str) -> None:
        """Let the others make up for the copies that went with it."""
        self._hub.share()

    def replication(self) -> Counts:
        """Writes, copies of them, and questions to another owner, of all instances together."""
        return sum(self._hub.counts().values(), Counts())

    def close(self) -> None:
        """End the hub."""
        self._hub.close()
