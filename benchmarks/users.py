"""10,000 checked steps of 100 users through the balancer: the light cohort against users with requests in 8 threads.

Same journey, same seed, same three instances; rounds take turns, medians count. Locust is a third where it is
installed (`pip install locust`): it runs in a process of its own, for it patches the standard library.
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
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout.partition("took_s=")[2].split()[0])


def peers() -> dict[str, Callable[[Cluster], float]]:
    found = {"light cohort, one thread": by_cohort, f"requests, {THREADS} threads": by_requests}
    if importlib.util.find_spec("locust"):
        found["Locust (FastHttpUser), its own process"] = by_locust
    return found


def main() -> None:
    console, ways = Console(), peers()
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, run in ways.items():
            with Cluster("cart", instances=3, affinity="cookie") as shop:
                spent[name].append(run(shop))
    medians = {name: statistics.median(times) for name, times in spent.items()}
    ours = next(iter(medians.values()))
    table = Table("users", "median s", "steps/s", "ours is faster by", title=f"{STEPS:,} checked steps, {USERS} users")
    for name, median_s in medians.items():
        table.add_row(name, f"{median_s:.2f}", f"{STEPS / median_s:,.0f}", f"{median_s / ours:.1f}")
    console.print(table)
    ratio = medians[f"requests, {THREADS} threads"] / ours
    kept = ours <= BUDGET_S and ratio >= BUDGET_RATIO
    console.print(f"Budget (at most {BUDGET_S:g} s, {BUDGET_RATIO:g} times faster): {'kept' if kept else 'MISSED'}.")
    if len(ways) == 2:
        console.print("Locust is not installed, so it was not measured: pip install locust")


if __name__ == "__main__":
    main()
