"""Payments on a running cluster, on each kind of database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from minisvc import Cluster
from tests.minisvc.programs import DATABASES
from tests.minisvc.services.payments.apps import gate


class Payer:
    """Somebody at the balancer."""

    def __init__(self, cluster: Cluster, name: str = "ada") -> None:
        self.cluster, self.name = cluster, name

    def ask(self, method: str, path: str, key: str | None = None, **options: Any) -> requests.Response:
        fields = {"X-User": self.name} | ({"Idempotency-Key": key} if key is not None else {})
        return requests.request(method, self.cluster.url + path, headers=fields, timeout=30, **options)

    def charge(self, key: str | None, amount_cents: int = 250) -> requests.Response:
        return self.ask("POST", "/charges", key, json={"amount_cents": amount_cents, "for": "apples"})

    @property
    def balance(self) -> int:
        return self.ask("GET", "/charges").json()["balance_cents"]


@pytest.fixture(params=DATABASES)
def database(request) -> str:
    return request.param


@pytest.fixture
def opened(database) -> Iterator[Callable[..., Cluster]]:
    """Call it with a service and fields of the layout."""
    gate.clear()
    with ExitStack() as undo:
        yield lambda service="payments", **fields: undo.enter_context(Cluster(service, database=database, **fields))
        gate.go.set()


@pytest.fixture
def ada(opened) -> Payer:
    return Payer(opened())
