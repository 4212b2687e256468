"""Sessions in the instance's own memory: fast, simple, and gone with the instance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from minisvc.clock import Clock, monotonic
from minisvc.fence import Fence
from minisvc.state.mechanism import Cookie, Held, Mechanism, Probe, Terms


class MemorySessions(ServerSideSessionInterface):  # type: ignore[misc]  # Flask-Session has no types
    """Flask-Session's interface over a dict of (expires_at, encoded session)."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        super().__init__(app, key_prefix="", permanent=False)
        self._clock = clock
        self._sessions: dict[str, tuple[float, bytes]] = {}

    def alive(self) -> dict[str, dict[str, Any]]:
        """Each session that has not expired, by session id."""
        found = ((sid, self._retrieve_session_data(sid)) for sid in list(self._sessions))
        return {sid: session for sid, session in found if session is not None}

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        expires_at, encoded = self._sessions.get(store_id, (0.0, b""))
        if not encoded:
            return None
        if expires_at <= self._clock():
            self._sessions.pop(store_id, None)
            return None
        session: dict[str, Any] = self.serializer.decode(encoded)
        return session

    def _delete_session(self, store_id: str) -> None:
        self._sessions.pop(store_id, None)

    def _upsert_session(self, session_lifetime: timedelta, session: ServerSideSession, store_id: str) -> None:
        # Encoded, as a store would: handlers must not share live objects by accident.
        expires_at = self._clock() + session_lifetime.total_seconds()
        self._sessions[store_id] = (expires_at, self.serializer.encode(session))


class Memory(Mechanism):
    """Each instance has its own sessions; what a closed fence holds back is no longer alive.

    Whoever starts an instance tells by `watch` how to look into it.
    """

    name = "memory"

    def __init__(self, clock: Clock = monotonic, cookie: Cookie | None = None) -> None:
        super().__init__(cookie)
        self._clock = clock
        self._probes: dict[str, Probe] = {}

    def terms(self, instance: str) -> Terms:
        """The cookie and the clock."""
        return Terms(self.name, self.cookie, clock=self._clock)

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Start the instance with no session at all."""
        sessions = MemorySessions(app, terms.clock)
        app.session_interface = sessions
        return lambda: sessions.alive() if fence.is_open else {}

    def watch(self, instance: str, probe: Probe) -> None:
        """Look there when asked what is held."""
        self._probes[instance] = probe

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the memory of running instances."""
        return [
            Held(instance, sid, session)
            for instance, probe in list(self._probes.items())
            for sid, session in probe().items()
        ]
