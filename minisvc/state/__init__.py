"""Where sessions live: one mechanism a file, all behind Flask's own seam, `SessionInterface`.

A service is written once against `flask.session`; a mechanism decides where that session is kept. To add one, write a
`Mechanism`, list it in `MECHANISMS` and in `minisvc.layout.STATES`, and say in `tests/minisvc/state/kinds.py` what it
promises: the contract suite there then runs it. The instance's half of it gets nothing but data, for an instance may be
another process.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keeping import DOCUMENT_FIELD
from minisvc.layout import Service
from minisvc.state.mechanism import COOKIE, Cookie, Held, Mechanism, Probe, Terms, introduce

__all__ = ["COOKIE", "DOCUMENT_FIELD", "Cookie", "Held", "Mechanism", "Probe", "Terms", "build", "find", "furnish"]

MECHANISMS = {
    "memory": "Memory",
    "replicated_memory": "ReplicatedMemory",
    "client_store": "ClientStore",
    "signed_cookie": "SignedCookie",
    "encrypted_cookie": "EncryptedCookie",
    "signed_token": "SignedToken",
    "soft_affinity": "SoftAffinity",
    "redis": "Redis",
    "memcached": "Memcached",
    "sqlite": "Sqlite",
    "postgres": "Postgres",
    "opaque_token": "OpaqueToken",
}
"""The class of each module of this package that is a mechanism. Only what is used is imported."""


def build(service: Service, *, clock: Clock = wall, cookie: Cookie | None = None) -> Mechanism:
    """The mechanism of `service.state`, opened; close it when the last instance is gone.

    `clock` says when sessions expire; `cookie` None means Flask's usual one.

    Raises:
        StoreUnavailable: its store could not be started or reached.
    """
    return find(service.state)(service, cookie or Cookie(), clock)


def find(state: str) -> type[Mechanism]:
    """The mechanism called `state`; raises KeyError if there is none."""
    found: type[Mechanism] = getattr(import_module(f"minisvc.state.{state}"), MECHANISMS[state])
    return found


def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
    """Give a fresh app its `session_interface`, by these terms; returns how to look into its memory."""
    introduce(terms, app)
    return find(terms.state).furnish(terms, app, fence)
