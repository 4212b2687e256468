"""Clusters to break, with users in them."""

import pytest

from minisvc import Cluster


@pytest.fixture(params=["thread", "process"])
def shop(request):
    with Cluster("cart", instances=2, state="memory", affinity="cookie", host=request.param) as shop:
        yield shop


@pytest.fixture
def stored():
    with Cluster("cart", instances=2, state="redis", affinity="cookie") as shop:
        yield shop


def fill(shop: Cluster, count: int = 2):
    """Users whose instances are a, b, a, b, ..., with one item each."""
    users = shop.add_users(count)
    for user in users:
        user.add("apples")
    return users
