"""Flask's session over keys and values: Flask-Session's interface, and the hygiene that a service may rely on.

- An id that the store does not know is never adopted, and one is made anew at `regenerate` (session fixation: OWASP
  Session Management Cheat Sheet, "Renew the Session ID After Any Privilege Level Change").
- A session ends when nobody used it for `Keeping.idle_s`, and `Keeping.absolute_s` after it began.
- A store that is down is a 503 with its reason, not a lost session; a value that is too large is a 413; a write that
  comes second is a 409 where `Keeping.versioned` asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

import msgspec
from flask import Flask, Request, Response, abort
from flask.sessions import NullSession
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from minisvc.clock import Clock
from minisvc.keeping import Keeping
from minisvc.keyvalue import ANY, Entry, KeyValue, StoreDown, TooLarge
from minisvc.state.refusals import Conflict, refusal, refuse

NOTED_AFTER = 0.1
"""Use is noted when this share of the idle time has passed, so that reading writes seldom."""
_ID = re.compile(r"[A-Za-z0-9_.-]{16,128}")


@dataclass(frozen=True, slots=True)
class Record:
    """A session as a store holds it; times are seconds on the mechanism's clock."""

    began_s: float
    used_s: float
    data: dict[str, Any]

    @classmethod
    def decode(cls, value: bytes) -> Record:
        """From bytes."""
        began_s, used_s, data = msgspec.msgpack.decode(value, type=tuple[float, float, dict[str, Any]])
        return cls(began_s, used_s, data)

    def encode(self) -> bytes:
        """As bytes: msgpack of the three."""
        return msgspec.msgpack.encode((self.began_s, self.used_s, self.data))

    def ttl_s(self, keeping: Keeping, now_s: float) -> float:
        """How long it still lives if nobody uses it; 0 or less: it is over."""
        return min(self.used_s + keeping.idle_s, self.began_s + keeping.absolute_s) - now_s


def is_use_to_be_noted(record: Record, keeping: Keeping, now_s: float) -> bool:
    """Whether so much of the idle time has passed that a mere reading is worth a write."""
    return now_s - record.used_s >= NOTED_AFTER * keeping.idle_s


class Saved(dict[str, Any]):
    """What was read from the store, with what the session interface has to remember of it."""

    def __init__(self, sid: str, version: str, record: Record) -> None:
        super().__init__(record.data)
        self.sid, self.version, self.record = sid, version, record


class Session(ServerSideSession):  # type: ignore[misc]  # Flask-Session has no types
    """A session that knows the record which it was read from; None for a new one."""

    def __init__(self, initial: Any = None, sid: str | None = None, permanent: bool | None = None) -> None:
        self.saved = initial if isinstance(initial, Saved) else None
        # What leads to it may say more than its id.
        super().__init__(initial, self.saved.sid if self.saved else sid, permanent)


class Refused(NullSession):
    """The session of a request that can have none, for its store does not answer or the client sent nonsense: whoever
    asks for it is told so. A request that needs no session is answered, such as a health check.
    """

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self._answer = answer

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        abort(self._answer)

    __getitem__ = get = __contains__ = __iter__ = __len__ = keys = values = items = copy = _refuse
    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _refuse


class Sessions(ServerSideSessionInterface):  # type: ignore[misc]  # Flask-Session has no types
    """Flask-Session's interface over a `KeyValue`."""

    session_class = Session

    def __init__(self, app: Flask, store: KeyValue, keeping: Keeping, clock: Clock) -> None:
        super().__init__(app, key_prefix="", permanent=False)
        self.store, self.keeping, self._clock = store, keeping, clock

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session that the cookie leads to, or a new one."""
        try:
            return super().open_session(app, request)
        except StoreDown as down:
            return Refused(refusal(down))

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write it if it changed, or if its use is to be noted; if that fails, refuse in place of the answer."""
        try:
            super().save_session(app, session, response)
        except (StoreDown, TooLarge, Conflict) as why:
            refuse(response, why)

    def regenerate(self, session: Any) -> None:
        """Renew the id, for a login; a store that is down by now is told here, for the old id is still good there."""
        try:
            super().regenerate(session)
        except StoreDown as down:
            abort(refusal(down))

    def alive(self) -> dict[str, Mapping[str, Any]]:
        """Each live session by its id."""
        found = ((sid, self._retrieve_session_data(sid)) for sid in list(self.store.keys()))
        return {sid: saved for sid, saved in found if saved is not None}

    def should_set_storage(self, app: Flask, session: Session) -> bool:
        """If it changed, or was used again after a while."""
        if session.modified or session.saved is None:
            return bool(session.modified)
        return is_use_to_be_noted(session.saved.record, self.keeping, self._clock())

    def _retrieve_session_data(self, store_id: str) -> Saved | None:
        entry = self.store.get(store_id) if _ID.fullmatch(store_id) else None
        return self.read(store_id, entry) if entry else None

    def read(self, sid: str, entry: Entry) -> Saved | None:
        """The session in an entry of the store; None if it is none, or it is over."""
        try:
            record = Record.decode(entry.value)
        except msgspec.DecodeError:
            # A store that others use as well: what they keep there is no session of ours.
            return None
        return Saved(sid, entry.version, record) if record.ttl_s(self.keeping, self._clock()) > 0 else None

    def _delete_session(self, store_id: str) -> None:
        self.store.delete(store_id)

    def _upsert_session(self, session_lifetime: timedelta, session: Session, store_id: str) -> None:
        self.write(session, store_id)

    def write(self, session: Session, sid: str) -> Entry:
        """Write it, and return the entry that is in the store now.

        Raises:
            Conflict: another request has changed it meanwhile, and `Keeping.versioned` is on.
        """
        now_s, saved = self._clock(), session.saved
        record = Record(saved.record.began_s if saved else now_s, now_s, dict(session))
        # A fresh id, be it a new session's or one made anew at login, is nobody else's yet.
        known = saved.version if saved and saved.sid == session.sid else ANY
        version = known if self.keeping.versioned else ANY
        value = record.encode()
        written = self.store.put(sid, value, ttl_s=record.ttl_s(self.keeping, now_s), version=version)
        if written is None:
            raise Conflict
        return Entry(value, written)
