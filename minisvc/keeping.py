"""How sessions are kept, whatever the place: how long, how safely, and what a write may overwrite."""

from __future__ import annotations

from dataclasses import dataclass

from minisvc.field_faults import LONGEST_SECONDS, seconds, truth, whole

MOST_REPLICAS = 25
DOCUMENT_FIELD = "Client-Document"
"""The header field in which a client sends and gets the document that it keeps itself (state "client_store")."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a service asks of the place where its sessions live. A place ignores what it has no use for.

    Attributes:
        idle_s: a session that nobody used for so long is over (OWASP Session Management Cheat Sheet, "Idle
            Timeout"). To spare writes, use is noted when a tenth of it has passed.
        absolute_s: a session ends so long after it began, however busy ("Absolute Timeout").
        versioned: a write that is based on a session which another request has changed meanwhile is refused with
            409; False lets the last writer win, as session libraries do.
        replicas: how many other instances hold a copy of each session in `replicated_memory`; 0: all of them.
        lag_s: how long a copy may wait before it is sent; 0 sends it before the answer leaves.
        deny_list: whether signed tokens that were logged out are looked up in a list; False lets them live on until
            they expire.
        cache_s: how long an instance believes an introspection of an opaque token; 0 asks each time.
        durable: whether a store that can do so writes to disk before it answers (Redis: appendonly, appendfsync
            always).
        memory_mb: the store's memory at most; 0 is the store's own default.
    """

    idle_s: float = 1800.0
    absolute_s: float = 43_200.0
    versioned: bool = False
    replicas: int = 1
    lag_s: float = 0.0
    deny_list: bool = False
    cache_s: float = 0.0
    durable: bool = False
    memory_mb: int = 0

    def faults(self) -> list[str]:
        """What is wrong with it, one sentence a fault ("" for none)."""
        return [
            seconds("keeping.idle_s", self.idle_s, 0.001, LONGEST_SECONDS),
            seconds("keeping.absolute_s", self.absolute_s, 0.001, LONGEST_SECONDS),
            truth("keeping.versioned", self.versioned),
            whole("keeping.replicas", self.replicas, 0, MOST_REPLICAS),
            seconds("keeping.lag_s", self.lag_s, 0),
            truth("keeping.deny_list", self.deny_list),
            seconds("keeping.cache_s", self.cache_s, 0),
            truth("keeping.durable", self.durable),
            whole("keeping.memory_mb", self.memory_mb, 0, 4096),
        ]
