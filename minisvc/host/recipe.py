"""How the app of an instance is made: the service, and the terms on which it keeps its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from minisvc.fence import Fence
from minisvc.host.contract import Sessions
from minisvc.services import make_app
from minisvc.state import Terms, furnish


@dataclass(frozen=True, slots=True)
class Recipe:
    """A `Factory` that is nothing but data, so that it can be followed in another process.

    Attributes:
        service: as `minisvc.services.make_app` takes it.
        terms: how the instance keeps sessions; of no use to an app that is no Flask app.
    """

    service: str
    terms: Terms

    def __call__(self, instance: str, fence: Fence) -> Furnished:
        """A fresh app.

        Raises:
            LayoutError: there is no such service.
        """
        app = make_app(self.service, instance)
        return Furnished(app, furnish(self.terms, app, fence) if isinstance(app, Flask) else dict)


class Furnished:
    """An app with a look into its memory, and an ear if the app has one."""

    def __init__(self, app: Callable[..., Iterable[bytes]], sessions: Callable[[], Sessions]) -> None:
        self.app, self.sessions = app, sessions
        receive = getattr(app, "receive", None)
        if receive is not None:
            self.receive = receive

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI: the app's own answer."""
        return self.app(environ, start_response)
