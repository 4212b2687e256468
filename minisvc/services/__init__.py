"""The services that people break: one Flask app a file, each a use case that everybody knows."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from minisvc.errors import LayoutError
from minisvc.services.database import is_to_keep_records

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI app (PEP 3333)."""

SERVICES = {
    "cart": "minisvc.services.cart:create_app",
    "catalog": "minisvc.services.catalog:create_app",
    "assistant": "minisvc.services.assistant:create_app",
    "accounts": "minisvc.services.accounts.app:create_app",
    "payments": "minisvc.services.payments:create_app",
    "webhooks": "minisvc.services.webhooks:create_app",
}
"""Each function takes the instance's name and returns a fresh Flask app. Only what is used is imported."""


def make_app(service: str, instance: str) -> App:
    """A fresh app of a service for an instance.

    `service` is one of `SERVICES`, or "module:name" of a WSGI app, or of a function that takes the instance's
    name and returns one.

    Raises:
        LayoutError: there is no such module or name, or it is no app.
    """
    found = _find(service)
    # A Flask app is callable too, so it is told from a function by its type.
    made = found if isinstance(found, Flask) or not _takes_a_name(found) else found(instance)
    if not callable(made):
        raise LayoutError([f"service {service!r} is {type(made).__name__}; it must be a WSGI app or make one."])
    app: App = made
    return app


def needs_database(service: str) -> bool:
    """Whether a service has records of its own: `minisvc.services.database.keeps_records` marks what makes it.

    Raises:
        LayoutError: there is no such service.
    """
    return is_to_keep_records(_find(service))


def _find(service: str) -> Any:
    module, _, name = SERVICES.get(service, service).partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise LayoutError([f"service {service!r} cannot be loaded: {error}."]) from error


def _takes_a_name(found: Any) -> bool:
    code = getattr(found, "__code__", None)
    return code is not None and code.co_argcount == 1
