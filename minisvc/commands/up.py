"""`minisvc up`: run a layout in the foreground, for a browser, for curl, and to break by a key."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from minisvc.commands import layout_options
from minisvc.commands.values import MOST_SEED, WrongOption, number

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.live.crowd import Switch

USERS, RATE = 6, 4.0
"""What the live view starts with: few and gentle enough to follow single requests."""
MOST_USERS, MOST_RATE = 1000, 1000.0


def add(commands: Any) -> None:
    """Say what may be asked."""
    up = commands.add_parser("up", help="run a layout until Ctrl-C, for a browser, for curl, and to break by a key")
    layout_options.add(up)
    up.add_argument("--users", metavar="N", help=f"simulated users with a cart (live view: {USERS}, otherwise 0)")
    up.add_argument("--rate", metavar="R", help=f"requests a second over all users ({RATE:g})")
    up.add_argument("--seed", metavar="N", help="for all that is left to chance (1)")
    up.add_argument("--quiet", action="store_true", help="plain lines in place of the live view")
    up.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run until Ctrl-C or, in the live view, q."""
    chosen = layout_options.chosen(asked)
    live = not asked.quiet and _is_terminal()
    users = number("--users", asked.users, 0, MOST_USERS, USERS if live else 0)
    rate = number("--rate", asked.rate, 0.01, MOST_RATE, RATE)
    seed = number("--seed", asked.seed, 0, MOST_SEED, 1)

    from minisvc.cluster import Cluster  # noqa: PLC0415
    from minisvc.live.crowd import Switch  # noqa: PLC0415

    with Cluster(chosen.layout, seed=int(seed)) as cluster, contextlib.ExitStack() as undo:
        _add_users(cluster, int(users), needed=asked.users is not None)
        traffic = Switch(cluster.users, rate, int(seed))
        undo.callback(_rest, cluster, traffic)
        traffic.turn_on()
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it, no accident
            _show(cluster, chosen.name, traffic, live=live)
        if not live:
            print("\nStopping ...", flush=True)
        if live or cluster.users:
            print(_summary(cluster, chosen.name), flush=True)
    return 0


def _show(cluster: Cluster, name: str, traffic: Switch, *, live: bool) -> None:
    """Show it until the person has seen enough."""
    if live:
        from minisvc.live import watch  # noqa: PLC0415

        watch(cluster, name, traffic)
    else:
        _say(cluster)
        threading.Event().wait()


def _rest(cluster: Cluster, traffic: Switch) -> None:
    """Let the users rest; what hangs goes on, or they would wait for it."""
    for each in cluster.backends:
        if each.status == "hung":
            cluster.resume(each.name)
    traffic.turn_off()


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _add_users(cluster: Cluster, count: int, *, needed: bool) -> None:
    """Give each cart an equal part of `count` users. Other services have none."""
    carts = [each.name for each in cluster.layout.services if each.service == "cart"]
    if needed and count and not carts:
        raise WrongOption("--users", str(count), "0 here: simulated users need a cart, and no service is one")
    for index, name in enumerate(carts):
        cluster.add_users(count // len(carts) + (index < count % len(carts)), name)


def _say(cluster: Cluster) -> None:
    """What runs, and how to reach it, in plain lines."""
    from minisvc.live.addresses import browser, curl, stored  # noqa: PLC0415

    for service in cluster.layout.services:
        where = stored(cluster, service.name)
        print(f"{service.name}: {service.instances} instances, state {service.state}{where}")
    print(f"  in a browser  {browser(cluster)}")
    print(f"  with curl     {curl(cluster)}")
    print("  Ctrl-C ends it.", flush=True)


def _summary(cluster: Cluster, name: str) -> str:
    counts = cluster.ledger.counts()
    return f"{name}: {counts.served} served, {counts.failed} failed, {counts.lost} lost."
