import contextlib
import shutil
from collections.abc import Callable, Iterator

import pytest

from minisvc.cluster import Cluster
from tests.minisvc.services.accounts.acting import Browser


@pytest.fixture
def run() -> Iterator[Callable[..., Cluster]]:
    """Call it with fields of the layout: two instances of accounts, on a real port."""
    with contextlib.ExitStack() as undo:

        def opened(**fields: object) -> Cluster:
            return undo.enter_context(Cluster("accounts", **{"instances": 2, "state": "signed_cookie"} | fields))

        yield opened


@pytest.fixture
def service(run) -> Cluster:
    return run()


@pytest.fixture
def ann(service) -> Iterator[Browser]:
    with Browser(service.url) as browser:
        assert browser.sign_up().status_code == 201
        yield browser


needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")
