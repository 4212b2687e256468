"""How the app of an instance is made: the service, and the terms on which it keeps its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from minisvc import database
from minisvc.fence import Fence
from minisvc.host.contract import Sessions
from minisvc.host.faulty import Faulty
from minisvc.keyvalue import module_of
from minisvc.services import SERVICES, make_app
from minisvc.state import Terms, furnish


@dataclass(frozen=True, slots=True)
class Recipe:
    """A `Factory` that is nothing but data, so that it can be followed in another process.

    Attributes:
        service: as `minisvc.services.make_app` takes it.
        terms: how the instance keeps sessions; of no use to an app that is no Flask app.
        access: how it reaches its service's database; None where the service has none.
    """

    service: str
    terms: Terms
    access: database.Access | None = None

    @property
    def modules(self) -> tuple[str, ...]:
        """Those of ours that following it will import: a process is born faster where its nursery has them."""
        service = SERVICES.get(self.service, "").partition(":")[0]
        store = module_of(self.terms.store_url) if self.terms.store_url else ""
        records = "minisvc.sql" if self.access else ""
        return tuple(filter(None, (service, f"minisvc.state.{self.terms.state}", store, records)))

    def __call__(self, instance: str, fence: Fence) -> Faulty:
        """A fresh app, behind the faults that it may be told of.

        Raises:
            LayoutError: there is no such service.
        """
        app = make_app(self.service, instance)
        sessions = furnish(self.terms, app, fence) if isinstance(app, Flask) else dict
        if self.access and isinstance(app, Flask):
            database.furnish(self.access, app, fence)
        return Faulty(_Furnished(app, sessions), fence)


class _Furnished:
    """An app with a look into its memory."""

    def __init__(self, app: Callable[..., Iterable[bytes]], sessions: Callable[[], Sessions]) -> None:
        self._app, self.sessions = app, sessions

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI: the app's own answer."""
        return self._app(environ, start_response)
