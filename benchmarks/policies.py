"""How evenly each policy spreads, and how many keys move when an instance joins or leaves: ours and the real ones.

`python benchmarks/policies.py [--requests 3000]`. All balancers ask the same instances; keyed policies read X-User,
and every request has a user of its own. Nothing here is a rate: these figures do not depend on the machine.
"""

import argparse
import asyncio
import contextlib
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from minisvc.abilities import policy_fault
from minisvc.balancer import Backend, Balancer, Upstream
from minisvc.exchange import Ledger
from minisvc.host import ThreadHost
from minisvc.layout import BALANCERS, POLICIES, HealthCheck, Layout
from minisvc.policies import POLICIES as MAKERS
from minisvc.proxies import PROXIES

INSTANCES = 3
CONNECTIONS = 16
KEYED = ("source_hash", "ring_hash", "rendezvous", "bounded_load")
MODULO = ("source_hash",)
RINGS = ("ring_hash", "bounded_load")
POINTS = 160
"""Of each backend on a ring: ours, NGINX's, and HAProxy's as it is configured."""
WEIGHTS = (3, 2, 1, 1)
QUIET = HealthCheck(interval_s=3600.0)


def tiny(_environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@contextlib.contextmanager
def instances(count: int) -> Iterator[list[ThreadHost]]:
    with contextlib.ExitStack() as undo:
        hosts = [ThreadHost(chr(ord("a") + number), lambda _name, _fence: tiny) for number in range(count)]
        for host in hosts:
            undo.callback(host.stop)
            host.start()
        yield hosts


@contextlib.contextmanager
def in_front(balancer: str, policy: str, hosts: Sequence[ThreadHost]) -> Iterator[int]:
    """The port of that balancer before these instances."""
    weights = WEIGHTS[: len(hosts)] if policy == "weighted" else None
    layout = Layout.of("cart", balancer=balancer, policy=policy, instances=len(hosts), weights=weights, health=QUIET)
    shares = weights or [1] * len(hosts)
    backends = [Backend(host.name, host.port, full_weight=share) for host, share in zip(hosts, shares, strict=True)]
    upstream = Upstream(layout.services[0], backends, MAKERS[policy](1), QUIET)
    running = (
        Balancer([upstream], Ledger())
        if balancer == "builtin"
        else PROXIES[balancer]([upstream], Ledger(), layout=lambda: layout)
    )
    running.start()
    try:
        yield running.port
    finally:
        running.stop()


def placed(balancer: str, policy: str, hosts: Sequence[ThreadHost], requests: int, connections: int = 1) -> list[str]:
    """Which instance each user's request went to."""
    with in_front(balancer, policy, hosts) as port:
        return asyncio.run(ask(port, [f"user-{number}" for number in range(requests)], connections))


async def ask(port: int, users: Sequence[str], connections: int) -> list[str]:
    found = [""] * len(users)
    numbers = iter(range(len(users)))

    async def client() -> None:
        link = None
        for number in numbers:
            link = link or await asyncio.open_connection("127.0.0.1", port)
            reader, writer = link
            writer.write(f"GET / HTTP/1.1\r\nHost: bench\r\nX-User: {users[number]}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.readexactly(2)
            told = re.search(r"x-backend: (\S+)", head)
            if not head.startswith("http/1.1 200") or not told:
                raise RuntimeError(f"port {port} answered {head!r}")
            found[number] = told[1]
            if "connection: close" in head:
                writer.close()
                link = None
        if link:
            link[1].close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return found


@dataclass(frozen=True)
class Spread:
    """What was measured, or is expected: imbalance is the greatest of (share got / share due); moved are fractions."""

    imbalance: float
    joined: float | None = None
    left: float | None = None


def measure(balancer: str, policy: str, hosts: Sequence[ThreadHost], requests: int) -> Spread:
    """`hosts` has one more than are in use, to join."""
    count = len(hosts) - 1
    busy = imbalance(placed(balancer, policy, hosts[:count], requests, CONNECTIONS), policy, count)
    if policy not in KEYED:
        return Spread(busy)
    # One request at a time: under load, bounded_load moves keys on purpose.
    usual = placed(balancer, policy, hosts[:count], requests)
    return Spread(
        busy,
        moved(usual, placed(balancer, policy, hosts, requests)),
        moved(usual, placed(balancer, policy, hosts[: count - 1], requests)),
    )


def imbalance(found: Sequence[str], policy: str, count: int) -> float:
    weights = WEIGHTS[:count] if policy == "weighted" else (1,) * count
    got = Counter(found)
    return max(
        got[chr(ord("a") + number)] / len(found) * sum(weights) / weight for number, weight in enumerate(weights)
    )


def moved(before: Sequence[str], after: Sequence[str]) -> float:
    return sum(one != other for one, other in zip(before, after, strict=True)) / len(before)


def predicted(policy: str, count: int) -> Spread:
    """By formula, for `count` instances: a key that is taken modulo stays only where both remainders agree."""
    if policy in MODULO:
        return Spread(1.0, count / (count + 1), (count - 1) / count)
    return Spread(1.0, 1 / (count + 1), 1 / count) if policy in KEYED else Spread(1.0)


def tolerance(policy: str, share: float, requests: int) -> float:
    """Four standard deviations of a fraction that should be `share`.

    A sample of that size varies by sqrt(p(1 - p)/N); on a ring, the arcs vary too, by p/sqrt(points).
    """
    ring = share**2 / POINTS if policy in RINGS else 0.0
    return 4 * math.sqrt(share * (1 - share) / requests + ring)


def here() -> list[str]:
    """The balancers that can be measured on this machine."""
    return [each for each in BALANCERS if each == "builtin" or shutil.which(each)]


def shown(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.3f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--requests", type=int, default=3000, help="of each measurement")
    requests = options.parse_args().requests
    console = Console(width=max(110, Console().width))
    for absent in set(BALANCERS) - set(here()):
        console.print(f"[dim]{absent}: left out, it is not on PATH[/]")
    title = f"{INSTANCES} instances, {requests} requests, each of another user"
    table = Table("policy", "balancer", "imbalance", "moved by one more", "moved by one less", title=title)
    with instances(INSTANCES + 1) as hosts:
        for policy in track(POLICIES, "policies", transient=True, console=console):
            rows = {name: measure(name, policy, hosts, requests) for name in here() if not policy_fault(name, policy)}
            rows["by formula"] = predicted(policy, INSTANCES)
            for name, spread in rows.items():
                first = policy if name == "builtin" else ""
                table.add_row(first, name, shown(spread.imbalance), shown(spread.joined), shown(spread.left))
            table.add_section()
    console.print(table)


if __name__ == "__main__":
    main()
