"""Reproduces every figure that the docs quote: `make bench`. Ratios and medians of one run count, nothing else."""

import statistics
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import track
from rich.table import Table

from minisvc import Cluster

ROUNDS = 200


def measure(what: Callable[[], object], rounds: int, title: str) -> list[float]:
    """Milliseconds of each round, in order of size."""
    spent = []
    for _ in track(range(rounds), title, transient=True):
        started_s = time.perf_counter()
        what()
        spent.append((time.perf_counter() - started_s) * 1000)
    return sorted(spent)


def first_answer(state: str) -> Callable[[], None]:
    def run() -> None:
        with Cluster("cart", instances=3, state=state, affinity="cookie") as shop:
            shop.add_users(1)[0].add("apples")

    return run


def crash_times(title: str) -> list[float]:
    """Milliseconds of each crash of an instance that has a client's connection."""
    with Cluster("cart", instances=1, affinity="cookie") as shop:
        (user,) = shop.add_users(1)
        spent = []

        def cycle() -> None:
            user.check()
            host = shop._host("a")  # the host alone, without the cluster's diary
            started_s = time.perf_counter()
            host.crash()
            spent.append((time.perf_counter() - started_s) * 1000)
            shop.restart("a")

        measure(cycle, ROUNDS, title)
    return sorted(spent)


def main() -> None:
    console = Console()
    table = Table("what", "median ms", "p99 ms", "rounds", title="statewise: measured now, on this machine")
    for state in ("memory", "signed_cookie", "redis"):
        first_answer(state)()  # warm: imports, and the store's first start
        title = f"3 instances and balancer, state {state}: open, first answer, close"
        add_row(table, title, measure(first_answer(state), 20, title))
    add_row(table, "crash one instance", crash_times("crashes"))
    console.print(table)


def add_row(table: Table, title: str, spent: list[float]) -> None:
    p99 = spent[min(len(spent) - 1, int(len(spent) * 0.99))]
    table.add_row(title, f"{statistics.median(spent):.2f}", f"{p99:.2f}", str(len(spent)))


if __name__ == "__main__":
    main()
