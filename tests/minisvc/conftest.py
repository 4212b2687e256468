"""What every test of the lab owes: nothing left running."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from minisvc.balancer import Backend, Balancer, Upstream
from minisvc.exchange import Ledger
from minisvc.host import ThreadHost
from minisvc.host.wsgi import App
from minisvc.layout import HealthCheck, Service
from minisvc.policies import RoundRobin

QUIET = HealthCheck(interval_s=3600.0)
"""No health check disturbs a test that did not ask for one."""


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    for thread in left:
        thread.join(5)
    still = [thread.name for thread in left if thread.is_alive()]
    assert not still, f"threads left running: {still}"


@dataclass
class Pool:
    """Instances behind a balancer, without a cluster around them."""

    hosts: dict[str, ThreadHost]
    balancer: Balancer
    ledger: Ledger

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.balancer.port}"

    def status(self, name: str) -> str:
        return self.balancer.upstreams[0].status(name)


OpenPool = Callable[..., Pool]


@pytest.fixture
def open_pool() -> Iterator[OpenPool]:
    """Call it with an app by instance name, and options of `Upstream` and `Balancer`."""
    with ExitStack() as undo:

        def opened(apps: dict[str, App], *, affinity=None, health=QUIET, **options) -> Pool:
            hosts = {name: ThreadHost(name, lambda _n, _f, app=app: app) for name, app in apps.items()}
            for host in hosts.values():
                host.start()
                undo.callback(host.stop)
            backends = [Backend(host.name, host.port) for host in hosts.values()]
            ledger = Ledger()
            upstream = Upstream(Service("test:app", affinity=affinity), backends, RoundRobin(), health)
            balancer = Balancer([upstream], ledger, **options)
            balancer.start()
            undo.callback(balancer.stop)
            return Pool(hosts, balancer, ledger)

        yield opened
