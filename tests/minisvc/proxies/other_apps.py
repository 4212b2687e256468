"""A second service, for layouts of two: a service is called as its module is."""

from tests.minisvc.proxies.apps import echo

__all__ = ["echo"]
