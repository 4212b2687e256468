"""All that one instance needs to serve, made at its first request: only then are state and database known."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from minisvc.clock import Clock, wall
from minisvc.keeping import Keeping
from minisvc.services.accounts.access import OpaqueAccess, SignedAccess, SignedMint
from minisvc.services.accounts.clients import Clients
from minisvc.services.accounts.grants import Codes, SqlRecords
from minisvc.services.accounts.keys import Keys
from minisvc.services.accounts.people import People
from minisvc.services.accounts.tables import create
from minisvc.services.database import database
from minisvc.tokens import Registry
from minisvc.tokens.registry import OpaqueMint


@dataclass(frozen=True)
class Desk:
    """The service's records, and how its access tokens are made and believed."""

    clock: Clock
    people: People
    clients: Clients
    codes: Codes
    records: SqlRecords
    keys: Keys
    registry: Registry
    access: SignedAccess | OpaqueAccess


def desk() -> Desk:
    """That of the present app. Raises SQLAlchemy's errors if its database cannot be had."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # documented for this use
    if "accounts" not in app.extensions:
        # Two first requests may make two; both see the first one from then on. A lock would be one for all instances
        # in this process, and an instance that cannot reach its database must not hold up the others.
        app.extensions.setdefault("accounts", _open(app))
    found: Desk = app.extensions["accounts"]
    return found


def _open(app: Flask) -> Desk:
    engine, clock = database(), app.extensions.get("clock", wall)
    keeping: Keeping = app.extensions.get("keeping", Keeping())
    create(engine)
    records, keys = SqlRecords(engine), Keys(engine, clock)
    mint = SignedMint(keys, clock)
    is_signed = app.extensions.get("state") == "signed_token"
    registry = Registry(records, mint if is_signed else OpaqueMint(), clock)
    return Desk(
        clock,
        People(engine, clock),
        Clients(engine),
        Codes(engine, clock),
        records,
        keys,
        registry,
        SignedAccess(mint, records, keeping.deny_list) if is_signed else OpaqueAccess(registry, keeping.cache_s),
    )
