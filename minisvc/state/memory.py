"""Sessions in the instance's own memory: fast, simple, and gone with the instance."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask

from minisvc.fence import Fence
from minisvc.keyvalue import MemoryKeyValue
from minisvc.state.mechanism import Held, Mechanism, Probe, Terms
from minisvc.state.sessions import Sessions


class Memory(Mechanism):
    """Each instance has its own sessions; what a closed fence holds back is no longer alive.

    Whoever starts an instance tells by `watch` how to look into it.
    """

    name = "memory"

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Start the instance with no session at all."""
        store = MemoryKeyValue(terms.clock)
        sessions = Sessions(app, store, terms.keeping, terms.clock)
        app.session_interface, app.extensions["keyvalue"] = sessions, store
        return lambda: sessions.alive() if fence.is_open else {}

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions in the memory of running instances."""
        return [
            Held(instance, sid, session)
            for instance, probe in list(self.probes.items())
            for sid, session in probe().items()
        ]
