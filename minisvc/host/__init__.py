"""Where a Flask app runs as an instance that can be stopped, drained, hung, crashed and restarted."""

from minisvc.host.contract import CRASHES, KILL, RESET, Factory, Host, start_all
from minisvc.host.process import ProcessHost
from minisvc.host.recipe import Recipe
from minisvc.host.thread import ThreadHost

__all__ = ["CRASHES", "KILL", "RESET", "Factory", "Host", "ProcessHost", "Recipe", "ThreadHost", "start_all"]
