"""What every state mechanism owes the cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import Flask

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.layout import Service
from minisvc.replicas import Counts
from minisvc.stores.use import StoreUse

Probe = Callable[[], Mapping[str, Mapping[str, Any]]]
"""Looks into one instance's memory: each live session by its id."""

COOKIE = "session"
"""Flask's default name of the session cookie."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """The session cookie's name, and the Path for which it is sent."""

    name: str = COOKIE
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Held:
    """One live session: where it is held, the cookie value that leads to it, and what it says.

    `place` is an instance's name, "store" or "client".
    """

    place: str
    cookie: str
    session: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """All that an instance must know to keep its sessions: data that can go to another process.

    Attributes:
        state: the mechanism's name.
        cookie: which cookie carries the session, or leads to it.
        key: what signs cookies; None where nothing is signed.
        store_url: the store's address as this instance is to see it; None where there is no store.
        keeping: how long, how safely.
        clock: by which sessions expire.
    """

    state: str
    cookie: Cookie
    key: bytes | None = field(default=None, repr=False)
    store_url: str | None = field(default=None, repr=False)
    keeping: Keeping = field(default_factory=Keeping)
    clock: Clock = wall


class Mechanism(StoreUse, ABC):
    """Decides where `flask.session` is kept, for all instances of one service.

    A mechanism stands on the cluster's side. What happens inside an instance, which may be another process, is
    `furnish`, and all that it knows of the mechanism are `Terms`.
    """

    name: ClassVar[str]

    def __init__(self, service: Service, cookie: Cookie, clock: Clock = wall) -> None:
        self.service, self.cookie, self.clock = service, cookie, clock
        self.probes: dict[str, Probe] = {}

    @property
    def store_user(self) -> str:
        """This state."""
        return f'state "{self.name}"'

    def terms(self, instance: str) -> Terms:
        """What that instance must know at its next start."""
        return Terms(self.name, self.cookie, keeping=self.service.keeping, clock=self.clock)

    @staticmethod
    @abstractmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
        """Give a freshly started instance its `session_interface`; its links go through `fence`."""

    def watch(self, instance: str, probe: Probe) -> None:
        """Learn how to look into an instance's memory."""
        self.probes[instance] = probe

    def replication(self) -> Counts:
        """What the running instances did since each started to keep copies of sessions; nothing by default."""
        return Counts()

    def left(self, instance: str) -> None:
        """An instance was scaled in: it will not come back. Nothing by default."""
        return

    def install(self, app: Flask, instance: str, fence: Fence) -> None:
        """Furnish an instance in this process, and watch it."""
        terms = self.terms(instance)
        introduce(terms, app)
        self.watch(instance, self.furnish(terms, app, fence))

    def key_steps(self) -> Sequence[Callable[[], None]]:
        """What changes the signing key: after each step, every instance must have begun anew before the next is taken.

        Nothing for a mechanism without a key that can be changed in use.
        """
        return ()

    @abstractmethod
    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions alive now. `cookies` are those that clients present, for state held by clients."""

    def close(self) -> None:
        """Stop whatever the mechanism started. Nothing by default."""
        return


def nothing() -> Mapping[str, Mapping[str, Any]]:
    """The probe of an instance that keeps no session in its memory."""
    return {}


def introduce(terms: Terms, app: Flask) -> None:
    """Tell an app how its sessions are kept: "state", "keeping" and "clock" in `Flask.extensions`."""
    set_cookie_policy(app, terms.cookie)
    app.extensions.update(state=terms.state, keeping=terms.keeping, clock=terms.clock)


def set_cookie_policy(app: Flask, cookie: Cookie) -> None:
    """Cookie attributes by RFC 6265bis: unreadable for scripts, not sent across sites.

    Not `Secure`, hence no `__Host-` prefix: the lab speaks plain HTTP and never leaves loopback.
    """
    app.config.update(
        SESSION_COOKIE_NAME=cookie.name,
        SESSION_COOKIE_PATH=cookie.path,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A session is written when it changes, not when it is read: store traffic then means something.
        SESSION_REFRESH_EACH_REQUEST=False,
        # Werkzeug would only warn of a cookie that is too large; those that can be so refuse it themselves.
        MAX_COOKIE_SIZE=0,
    )
