"""Where a Flask app runs as an instance that can be stopped, drained, crashed and restarted."""

from minisvc.host.thread import ThreadHost

__all__ = ["ThreadHost"]
