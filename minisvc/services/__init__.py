"""The services that people break: one Flask app a file, each a use case that everybody knows."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from minisvc.services import cart

SERVICES: dict[str, Callable[[str], Flask]] = {"cart": cart.create_app}
"""Each takes the instance's name and returns a fresh app."""
