"""What the contract suites share: asking in the background, and waiting for what is on the books."""

from concurrent.futures import ThreadPoolExecutor

WAIT_S = 10
HELD = "tests.minisvc.proxies.apps:held"


def recorded(shop, count):
    """The ledger's exchanges, once there are that many: a real balancer writes its log after the answer."""
    with shop.ledger.changed:
        assert shop.ledger.changed.wait_for(lambda: len(shop.ledger.since(0)[1]) >= count, WAIT_S)
    return shop.ledger.since(0)[1]


def in_background(function):
    pool = ThreadPoolExecutor(1)
    asked = pool.submit(function)
    pool.shutdown(wait=False)
    return asked
