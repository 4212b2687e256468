"""10,000 checked steps of 100 users through the balancer: the light cohort against users with requests in 8 threads.

Same journey, same seed, three instances; rounds take turns, medians count. With instances in processes of their own,
what differs is the users; with instances in threads, all share one interpreter lock, and most of the time is the
instances' own work. CPU seconds are this process's: users, balancer, and instances in threads. Locust is a third where
it is installed (`pip install locust`); it always runs in a process of its own, for it patches the standard library.
"""

import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from minisvc import Cluster
from minisvc.users import User

STEPS, USERS, THREADS, ROUNDS = 10_000, 100, 8, 3
BUDGET_S, BUDGET_RATIO = 3.0, 4.0
SEED = 1


def by_cohort(shop: Cluster) -> float:
    result = shop.load("shopper", users=USERS, steps=STEPS, seed=SEED)
    assert (result.served, result.lost) == (STEPS, 0), str(result)
    return result.took_s


def by_requests(shop: Cluster) -> float:
    users = [User(f"r{number}", shop.url, shop.ledger, seed=SEED) for number in range(USERS)]
    started_s = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        made = list(threads.map(lambda user: user.follow("shopper", STEPS // USERS), users))
    took_s = time.perf_counter() - started_s
    assert all(exchange.served and exchange.lost is False for each in made for exchange in each)
    for user in users:
        user.close()
    return took_s


def by_locust(shop: Cluster) -> float:
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--skip-log-setup", "--host", shop.url]
    command += ["--users", str(USERS), "--spawn-rate", str(USERS), "-f", str(Path(__file__).parent / "locustfile.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as locust:
        assert locust.stdout is not None
        told = next((line for line in locust.stdout if line.startswith("took_s=")), None)
        # It would go on: without a time limit, nothing but a signal ends it.
        locust.terminate()
    if told is None:
        raise RuntimeError("Locust ended before the steps were done; run its command by hand to see why.")
    return float(told.partition("=")[2])


def peers() -> dict[str, Callable[[Cluster], float]]:
    found = {"light cohort, one thread": by_cohort, f"requests, {THREADS} threads": by_requests}
    if importlib.util.find_spec("locust"):
        found["Locust (FastHttpUser), its own process"] = by_locust
    return found


def measure(host: str, ways: dict[str, Callable[[Cluster], float]]) -> dict[str, tuple[float, float]]:
    """The median seconds of each way: on the clock, and of this process's CPU."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, run in ways.items():
            with Cluster("cart", instances=3, affinity="cookie", host=host) as shop:
                began_s = time.process_time()
                spent[name].append((run(shop), time.process_time() - began_s))
    return {name: tuple(map(statistics.median, zip(*pairs, strict=True))) for name, pairs in spent.items()}


def main() -> None:
    console, ways = Console(), peers()
    for host in ("process", "thread"):
        medians = measure(host, ways)
        (ours, _), (others, _) = next(iter(medians.values())), medians[f"requests, {THREADS} threads"]
        title = f"{STEPS:,} checked steps, {USERS} users, 3 instances, host={host}"
        table = Table("users", "median s", "CPU s here", "steps/s", "ours is faster by", title=title)
        for name, (median_s, cpu_s) in medians.items():
            ratio = f"{median_s / ours:.1f}"
            table.add_row(name, f"{median_s:.2f}", f"{cpu_s:.2f}", f"{STEPS / median_s:,.0f}", ratio)
        console.print(table)
        kept = ours <= BUDGET_S and others / ours >= BUDGET_RATIO
        console.print(f"At most {BUDGET_S:g} s and {BUDGET_RATIO:g} times faster: {'kept' if kept else 'MISSED'}.")
    if len(ways) == 2:
        console.print("Locust is not installed, so it was not measured: pip install locust")


if __name__ == "__main__":
    main()
