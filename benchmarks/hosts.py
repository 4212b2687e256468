"""How fast instances start, crash and restart, in threads and in processes: medians of interleaved rounds.

python benchmarks/hosts.py [ROUNDS]
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from minisvc import Cluster

ROUNDS = 30
BUDGETS_MS = {
    ("3 instances and balancer, to the first answer", "thread"): 50.0,
    ("3 instances and balancer, to the first answer", "process"): 200.0,
    ("crash of one instance", "thread"): 1.0,
}

Spent = dict[tuple[str, str], list[float]]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    spent: Spent = defaultdict(list)
    for host in ("thread", "process"):
        one_round(host, defaultdict(list))  # warm: imports, and the process from which others are forked
    for _ in range(rounds):
        for host in ("thread", "process"):
            one_round(host, spent)
    report(spent, rounds)


def one_round(host: str, spent: Spent) -> None:
    @contextmanager
    def timed(what: str) -> Iterator[None]:
        started_s = time.perf_counter()
        yield
        spent[what, host].append((time.perf_counter() - started_s) * 1000)

    shop = Cluster("cart", instances=3, state="memory", affinity="cookie", host=host)
    with timed("3 instances and balancer, to the first answer"):
        shop.start()
        (user,) = shop.add_users(1)
        user.add("apples")
    instance = shop._host("a")  # the host alone, without the cluster's diary
    steps: dict[str, Callable[[], None]] = {
        "crash of one instance": instance.crash,
        "start of it again": instance.start,
        "hang": instance.hang,
        "resume": instance.resume,
        "what it holds in its memory": lambda: len(instance.sessions()),
    }
    for what, step in steps.items():
        with timed(what):
            step()
    with timed("close"):
        shop.close()


def report(spent: Spent, rounds: int) -> None:
    table = Table("what", "thread ms", "process ms", "budget ms", title=f"Hosts: medians (p90) of {rounds} rounds")
    for what in dict.fromkeys(what for what, _ in spent):
        shown = [shape(spent[what, host]) for host in ("thread", "process")]
        budgets = [f"{BUDGETS_MS[what, host]:g}" for host in ("thread", "process") if (what, host) in BUDGETS_MS]
        table.add_row(what, *shown, " / ".join(budgets))
    Console().print(table)


def shape(milliseconds: list[float]) -> str:
    ordered = sorted(milliseconds)
    return f"{statistics.median(ordered):.2f} ({ordered[int(len(ordered) * 0.9)]:.2f})"


if __name__ == "__main__":
    main()
