"""The services that people break: one Flask app a file, each a use case that everybody knows."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from minisvc.errors import LayoutError
from minisvc.services import assistant, cart, catalog

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI app (PEP 3333)."""

SERVICES: dict[str, Callable[[str], Flask]] = {
    "cart": cart.create_app,
    "catalog": catalog.create_app,
    "assistant": assistant.create_app,
}
"""Each takes the instance's name and returns a fresh app."""


def make_app(service: str, instance: str) -> App:
    """A fresh app of a service for an instance.

    `service` is one of `SERVICES`, or "module:name" of a WSGI app, or of a function that takes the instance's
    name and returns one.

    Raises:
        LayoutError: there is no such module or name, or it is no app.
    """
    if service in SERVICES:
        return SERVICES[service](instance)
    module, _, name = service.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise LayoutError([f"service {service!r} cannot be loaded: {error}."]) from error
    # A Flask app is callable too, so it is told from a function by its type.
    made = found if isinstance(found, Flask) or not _takes_a_name(found) else found(instance)
    if not callable(made):
        raise LayoutError([f"service {service!r} is {type(made).__name__}; it must be a WSGI app or make one."])
    app: App = made
    return app


def _takes_a_name(found: Any) -> bool:
    code = getattr(found, "__code__", None)
    return code is not None and code.co_argcount == 1
