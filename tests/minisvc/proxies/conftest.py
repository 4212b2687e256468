"""Clusters before each balancer that is here."""

import shutil
from contextlib import ExitStack

import pytest
import requests

from minisvc import Cluster
from minisvc.layout import HealthCheck
from tests.minisvc.proxies.apps import gate

QUIET = HealthCheck(interval_s=3600.0)
REAL = ("nginx", "haproxy")


def need(balancer: str) -> None:
    if balancer != "builtin" and not shutil.which(balancer):
        pytest.skip(f"{balancer} is not on PATH")


@pytest.fixture(params=["builtin", *REAL])
def balancer(request):
    need(request.param)
    return request.param


@pytest.fixture(params=REAL)
def real(request):
    need(request.param)
    return request.param


@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def opened():
    """Call it with a layout's fields, and get a running cluster."""
    gate.reset()
    with ExitStack() as undo:
        undo.callback(gate.go.set)

        def run(service="tests.minisvc.proxies.apps:echo", **fields):
            return undo.enter_context(Cluster(service, **{"health": QUIET, **fields}))

        yield run
