"""Breaks a shop under steady load, and looks for what does not add up.

`python benchmarks/soak.py [--seconds 60] [--users 200] [--rate 200] [--every 5]`: open load on three instances with
their carts in memory; every few seconds one of them crashes, in turn, and restarts a second later. Then: is every
exchange on the books, did any addition reach a service twice, is any thread left? Exit status 1 if so.
"""

import argparse
import sys
import threading
import time
from collections import Counter

from flask import Flask, request
from rich.console import Console
from rich.table import Table

from minisvc import Cluster
from minisvc.services.cart import create_app

seen: Counter[str] = Counter()
"""How often each addition, by its request id, reached an instance."""


def counting_cart(instance: str) -> Flask:
    """The cart, which also counts the additions that reach it."""
    app = create_app(instance)

    @app.before_request
    def count() -> None:
        if request.method == "POST":
            seen[request.headers["X-Request-ID"]] += 1

    return app


def break_in_turn(shop: Cluster, seconds: float, every_s: float) -> int:
    """Crash a, b, c, a, ... until the time is over; returns how often."""
    ended_s, crashes = time.monotonic() + seconds - every_s / 2, 0
    while time.monotonic() + every_s < ended_s:
        time.sleep(every_s - 1)
        name = "abc"[crashes % 3]
        shop.crash(name)
        time.sleep(1)
        shop.restart(name)
        crashes += 1
    return crashes


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--users", type=int, default=200)
    options.add_argument("--rate", type=float, default=200)
    options.add_argument("--every", type=float, default=5, help="seconds from one crash to the next")
    asked = options.parse_args()
    sys.modules["soak"] = sys.modules[__name__]
    before = set(threading.enumerate())
    with Cluster("soak:counting_cart", instances=3, state="memory", affinity="cookie") as shop:
        plan = {"users": asked.users, "rate": asked.rate, "duration_s": asked.seconds}
        with shop.start_load("shopper", **plan) as running:
            crashes = break_in_turn(shop, asked.seconds, asked.every)
            result = running.result()
        counts = shop.ledger.counts()
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    twice = [name for name, count in seen.items() if count > 1]
    table = Table(title=f"{asked.users} users, {asked.rate:g} requests/s for {asked.seconds:g} s, {crashes} crashes")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for what, figure in {
        "sent": result.sent,
        "served": result.served,
        "failed": result.failed,
        "lost (told something else)": result.lost,
        "on the books": counts.served + counts.failed,
        "unaccounted for": result.sent - counts.served - counts.failed,
        "additions that reached a service": len(seen),
        "of these, more than once": len(twice),
        "threads left": len(left),
    }.items():
        table.add_row(what, f"{figure:,}")
    table.add_row("latency from the intended time", str(result.latency))
    Console().print(table)
    return 1 if twice or left or result.sent != counts.served + counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
