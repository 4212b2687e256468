import time
from collections.abc import Callable, Iterator

import pytest

from minisvc import Cluster


@pytest.fixture
def shop() -> Iterator[Cluster]:
    with Cluster("cart", instances=3, state="memory", affinity="cookie") as running:
        yield running


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Return as soon as something holds; fail after five seconds."""

    def wait(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline, "it did not come to hold within 5 s"
            time.sleep(0.005)

    return wait
