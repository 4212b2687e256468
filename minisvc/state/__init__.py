"""Where sessions live: one mechanism a file, all behind Flask's own seam, `SessionInterface`.

A service is written once against `flask.session`; a mechanism decides where that session is kept. To
add one, write a `Mechanism`, list it in `build` and in `minisvc.layout.STATES`: the contract suite in
`tests/minisvc/state` then runs it. The instance's half of it gets nothing but data, for an instance may be
another process.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from minisvc.clock import Clock, monotonic
from minisvc.fence import Fence
from minisvc.state.mechanism import COOKIE, Cookie, Held, Mechanism, Probe, Terms, set_cookie_policy
from minisvc.state.memory import Memory
from minisvc.state.redis import Redis
from minisvc.state.signed_cookie import SignedCookie

__all__ = ["COOKIE", "Cookie", "Held", "Mechanism", "Probe", "Terms", "build", "furnish"]

MECHANISMS: dict[str, type[Mechanism]] = {each.name: each for each in (Memory, SignedCookie, Redis)}


def build(
    state: str, store_url: str | None = None, *, clock: Clock = monotonic, cookie: Cookie | None = None
) -> Mechanism:
    """The mechanism called `state`, opened; close it when the last instance is gone.

    Raises:
        KeyError: no such mechanism (a `Layout` refuses it earlier, with a message).
        StoreUnavailable: its store could not be started or reached.
    """
    mechanisms: dict[str, Callable[[], Mechanism]] = {
        "memory": lambda: Memory(clock, cookie),
        "signed_cookie": lambda: SignedCookie(cookie),
        "redis": lambda: Redis(store_url, cookie),
    }
    return mechanisms[state]()


def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:
    """Give a fresh app its `session_interface`, by these terms; returns how to look into its memory."""
    set_cookie_policy(app, terms.cookie)
    return MECHANISMS[terms.state].furnish(terms, app, fence)
