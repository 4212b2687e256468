"""The lab's balancer in front of a submission's instances; it looks at their health when a check says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from minisvc.balancer import Backend, Balancer, Upstream
from minisvc.exchange import Ledger
from minisvc.grading.sandbox import Instance
from minisvc.grading.visitor import Answer, Visitor
from minisvc.layout import HealthCheck, Service
from minisvc.policies import RoundRobin
from minisvc.sockets import LOOPBACK

WHEN_ASKED = HealthCheck(interval_s=3600.0, timeout_s=1.0, fall=1, rise=1)
"""One look decides, and none is taken by itself, so that a check need not wait."""
NAME = "the balancer"


class Front:
    """Carries requests to the instances in turn. All count as well until it looks."""

    def __init__(self, instances: Mapping[str, Instance]) -> None:
        backends = [Backend(name, urlsplit(each.url).port or 0) for name, each in instances.items()]
        self._ledger = Ledger()
        upstream = Upstream(Service("submission:create_app"), backends, RoundRobin(), WHEN_ASKED)
        self._names, self._seen = tuple(instances), 0
        self._balancer = Balancer([upstream], self._ledger)
        self._balancer.start()
        self._visitor = Visitor({NAME: self}, "customers")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._balancer.port}"

    def why_silent(self, within_s: float) -> str:
        """It does not know why."""
        return ""

    def look(self) -> dict[str, bool]:
        """Ask each instance's /healthz now, and take out who is not well; returns by name who is."""
        return {name: self._balancer.check_now(name) for name in self._names}

    def ask(self, path: str, times: int) -> tuple[list[Answer], Counter[str]]:
        """Send so many customers there; returns what they got, and how many of them each instance answered.

        Raises:
            Failed: one got no answer.
        """
        answers = [self._visitor.get(path, NAME) for _ in range(times)]
        self._seen, exchanges = self._ledger.since(self._seen)
        return answers, Counter(each.backend or "nobody" for each in exchanges)

    def close(self) -> None:
        """End it."""
        self._visitor.close()
        self._balancer.stop()
