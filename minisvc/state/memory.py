"""Sessions in the instance's own memory: fast, simple, and gone with the instance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from minisvc.clock import Clock, monotonic
from minisvc.fence import Fence
from minisvc.state.mechanism import Cookie, Held, Mechanism, set_cookie_policy


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
    """Each instance has its own sessions; what a closed fence holds back is no longer alive."""

    name = "memory"

    def __init__(self, clock: Clock = monotonic, cookie: Cookie | None = None) -> None:
        super().__init__(cookie)
        self._clock = clock
        self._instances: dict[str, tuple[Fence, MemorySessions]] = {}

    def install(self, app: Flask, instance: str, fence: Fence) -> None:
        """Start the instance with no session at all."""
        set_cookie_policy(app, self.cookie)
        sessions = MemorySessions(app, self._clock)
        app.session_interface = sessions
        self._instances[instance] = (fence, sessions)

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the memory of running instances."""
        return [
            Held(instance, sid, session)
            for instance, (fence, sessions) in list(self._instances.items())
            if fence.is_open
            for sid, session in sessions.alive().items()
        ]
