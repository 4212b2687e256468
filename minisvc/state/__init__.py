"""Where sessions live: one mechanism a file, all behind Flask's own seam, `SessionInterface`.

A service is written once against `flask.session`; a mechanism decides where that session is kept. To add one, write a
`Mechanism`, list it in `MECHANISMS` and in `minisvc.layout.STATES`, and say in `tests/minisvc/state/kinds.py` what it
promises: the contract suite there then runs it. The instance's half of it gets nothing but data, for an instance may be
another process.
"""

from __future__ import annotations

from flask import Flask

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keeping import DOCUMENT_FIELD
from minisvc.layout import Service
from minisvc.state.client_store import ClientStore
from minisvc.state.encrypted_cookie import EncryptedCookie
from minisvc.state.mechanism import COOKIE, Cookie, Held, Mechanism, Probe, Terms, introduce
from minisvc.state.memcached import Memcached
from minisvc.state.memory import Memory
from minisvc.state.opaque_token import OpaqueToken
from minisvc.state.postgres import Postgres
from minisvc.state.redis import Redis
from minisvc.state.replicated_memory import ReplicatedMemory
from minisvc.state.signed_cookie import SignedCookie
from minisvc.state.signed_token import SignedToken
from minisvc.state.soft_affinity import SoftAffinity
from minisvc.state.sqlite import Sqlite

__all__ = ["COOKIE", "DOCUMENT_FIELD", "Cookie", "Held", "Mechanism", "Probe", "Terms", "build", "furnish"]

MECHANISMS: dict[str, type[Mechanism]] = {
    each.name: each
    for each in (
        Memory,
        ReplicatedMemory,
        ClientStore,
        SignedCookie,
        EncryptedCookie,
        SignedToken,
        SoftAffinity,
        Redis,
        Memcached,
        Sqlite,
        Postgres,
        OpaqueToken,
    )
}


def build(service: Service, *, clock: Clock = wall, cookie: Cookie | None = None) -> Mechanism:
    """The mechanism of `service.state`, opened; close it when the last instance is gone.

    `clock` says when sessions expire; `cookie` None means Flask's usual one.

    Raises:
        StoreUnavailable: its store could not be started or reached.
    """
    return MECHANISMS[service.state](service, cookie or Cookie(), clock)


def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
    """Give a fresh app its `session_interface`, by these terms; returns how to look into its memory."""
    introduce(terms, app)
    return MECHANISMS[terms.state].furnish(terms, app, fence)
