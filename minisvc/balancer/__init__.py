"""A small load balancer: `upstream` decides without I/O, the rest carries bytes."""

from minisvc.balancer.server import Balancer
from minisvc.balancer.timeouts import Timeouts
from minisvc.balancer.upstream import Backend, Upstream

__all__ = ["Backend", "Balancer", "Timeouts", "Upstream"]
