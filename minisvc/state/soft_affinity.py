"""Sessions in a shared store, and a warm copy in the instance that a client prefers: fewer reads, and nothing lost.

Every write goes through to the store, and the cookie names the version that it gave: `id.version`. An instance answers
from its own memory only if its copy is of that version, and asks the store otherwise; so a client finds what it wrote
last wherever it is led, and any instance may crash.

What a cookie cannot know is what others did with the session since (a second device that logged out). So a copy is
believed for `WARM_S` after the store was last asked, and such a change takes at most as long to be seen.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace

from flask import Flask

from minisvc.clock import Clock
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.keyvalue import Entry, KeyValue
from minisvc.state.mechanism import Held, Probe, Terms, nothing
from minisvc.state.redis import Redis
from minisvc.state.sessions import Saved, Session, Sessions

WARM_S = 10.0
MOST_WARM = 10_000
"""Copies an instance keeps; those that were not used for the longest time go first."""
MARK = "."


class WarmSessions(Sessions):
    """Sessions with copies in this instance's memory.

    Attributes:
        from_memory, from_store: how many reads each has answered.
    """

    def __init__(self, app: Flask, store: KeyValue, keeping: Keeping, clock: Clock) -> None:
        super().__init__(app, store, keeping, clock)
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, tuple[float, Entry]] = OrderedDict()
        self.from_memory = self.from_store = 0

    def write(self, session: Session, sid: str) -> Entry:
        """Through to the store; the cookie is to name the version."""
        entry = super().write(session, sid)
        self._warm(sid, entry)
        session.sid, session.modified = f"{sid}{MARK}{entry.version}", True
        return entry

    def _retrieve_session_data(self, store_id: str) -> Saved | None:
        sid, _, version = store_id.partition(MARK)
        copy = self._copy(sid, version)
        if copy:
            self.from_memory += 1
            return self.read(sid, copy)
        self.from_store += 1
        saved = super()._retrieve_session_data(sid)
        if saved:
            self._warm(sid, Entry(saved.record.encode(), saved.version))
        return saved

    def _delete_session(self, store_id: str) -> None:
        with self._lock:
            self._copies.pop(store_id, None)
        super()._delete_session(store_id)

    def _copy(self, sid: str, version: str) -> Entry | None:
        with self._lock:
            asked_s, copy = self._copies.get(sid, (0.0, None))
            if copy is None or copy.version != version or self._clock() - asked_s >= WARM_S:
                return None
            self._copies.move_to_end(sid)
            return copy

    def _warm(self, sid: str, entry: Entry) -> None:
        with self._lock:
            self._copies[sid] = self._clock(), entry
            self._copies.move_to_end(sid)
            if len(self._copies) > MOST_WARM:
                self._copies.popitem(last=False)


class SoftAffinity(Redis):
    """The store of `redis`; give the layout an affinity by cookie, so that clients come back to their copies."""

    name = "soft_affinity"

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Point the instance at the store, and give it a memory."""
        Redis.furnish(terms, app, fence)
        app.session_interface = WarmSessions(app, app.extensions["keyvalue"], terms.keeping, terms.clock)
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the store, with the whole cookies that lead there where they are known."""
        whole = {cookie.partition(MARK)[0]: cookie for cookie in cookies}
        return [replace(each, cookie=whole.get(each.cookie, each.cookie)) for each in super().held()]
