"""What every state mechanism owes the cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Flask

from minisvc.fence import Fence
from minisvc.stores.link import Links
from minisvc.stores.redis_server import Store

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


class Mechanism(ABC):
    """Decides where `flask.session` is kept, for all instances of one service."""

    name: ClassVar[str]
    store: Store | None = None
    links: Links | None = None
    """The instances' ways to the store, where they can be broken; None if there are none."""

    def __init__(self, cookie: Cookie | None = None) -> None:
        self.cookie = cookie or Cookie()

    @abstractmethod
    def install(self, app: Flask, instance: str, fence: Fence) -> None:
        """Give a freshly started instance its `session_interface`; its links go through `fence`."""

    @abstractmethod
    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The sessions alive now. `cookies` are those that clients present, for state held by clients."""

    def close(self) -> None:
        """Stop whatever the mechanism started. Nothing by default."""
        return


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
    )
