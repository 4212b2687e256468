"""Two instances that tell what reached them, and a client that no proxy of the environment comes between."""

import pytest
import requests

from tests.minisvc.balancer.apps import echo_app


@pytest.fixture
def echo(open_pool):
    return open_pool({name: echo_app(name) for name in "ab"})


@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session
