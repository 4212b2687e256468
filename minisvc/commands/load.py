"""`minisvc load`: many simulated users against a layout of its own, or against an address."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minisvc.commands import layout_options
from minisvc.commands.values import refuse_unwritable

if TYPE_CHECKING:
    from minisvc.exchange import Ledger
    from minisvc.users import Load, LoadResult, Running

DURATION_S = 10.0
INTERRUPTED = 130
SERVER = ("http://", "https://")


def add(commands: Any) -> None:
    """Say what may be asked."""
    load = commands.add_parser("load", help="let many users use a layout, and say what was served and what was lost")
    layout_options.add(load, "or the address of a running one, such as http://127.0.0.1:8000")
    how = load.add_argument_group("options of the load")
    how.add_argument("--users", metavar="N", help="1 to 20000 (100)")
    how.add_argument("--rate", metavar="R", help="steps a second over all users (none: each goes on when answered)")
    how.add_argument("--duration", metavar="S", help=f"seconds ({DURATION_S:g})")
    how.add_argument("--steps", metavar="N", help="so many steps in all, in place of a duration")
    how.add_argument("--journey", help="what each does: shopper, newcomer, looker (shopper)")
    how.add_argument("--activity", help="equal, zipf (equal)")
    how.add_argument("--arrivals", help="with --rate: poisson, constant (poisson)")
    how.add_argument("--think", metavar="S", help="without --rate: seconds between a user's steps (0)")
    how.add_argument("--seed", metavar="N", help="for all that is left to chance (1)")
    out = load.add_argument_group("results")
    out.add_argument("--json", metavar="FILE", type=Path, help="write the figures")
    out.add_argument("--csv", metavar="FILE", type=Path, help="write one line an exchange")
    load.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run the load to its end, or until Ctrl-C, and show what came of it."""
    from minisvc.live.outcome import drawn  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415

    load = _load(asked)
    for path in filter(None, (asked.json, asked.csv)):
        refuse_unwritable(path)
    with _opened(asked, load) as (name, start, ledger):
        result, status = _result(start)
    printed(lambda pen: drawn(result, name, pen))
    _write(asked, result, ledger)
    return status


def _load(asked: argparse.Namespace) -> Load:
    from minisvc.users import Load  # noqa: PLC0415

    given = {
        "users": asked.users,
        "rate": asked.rate,
        "duration_s": asked.duration,
        "steps": asked.steps,
        "journey": asked.journey,
        "activity": asked.activity,
        "arrivals": asked.arrivals,
        "think_s": asked.think,
        "seed": asked.seed,
    }
    words = ("journey", "activity", "arrivals")
    said = {name: text if name in words else _number(text) for name, text in given.items() if text is not None}
    if "steps" not in said:
        said.setdefault("duration_s", DURATION_S)
    return Load.of(said.pop("journey", "shopper"), **said)


def _number(text: str) -> Any:
    """A number where `text` is one, else the text itself: the load says what is wrong with it."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


@contextlib.contextmanager
def _opened(asked: argparse.Namespace, load: Load) -> Iterator[tuple[str, Callable[[], Running], Ledger]]:
    """What is loaded: its name, how the load is started, and the ledger that it is settled in."""
    told = _progress()
    if asked.layout.startswith(SERVER):
        from minisvc.exchange import Ledger  # noqa: PLC0415
        from minisvc.users import Running, Target  # noqa: PLC0415

        layout_options.refuse_changes(asked)
        target, ledger = Target.at(asked.layout), Ledger()
        yield asked.layout, lambda: Running(load, target, ledger, progress=told), ledger
        return
    chosen = layout_options.chosen(asked)
    service = layout_options.cart_of(chosen)

    from minisvc.cluster import Cluster  # noqa: PLC0415

    with Cluster(chosen.layout, seed=load.seed) as cluster:
        yield chosen.name, lambda: cluster.start_load(load, service=service, progress=told), cluster.ledger


def _result(start: Callable[[], Running]) -> tuple[LoadResult, int]:
    """What came of it and the exit status; Ctrl-C ends the load, and what was done until then still counts."""
    with start() as running:
        try:
            return running.result(), 0
        except KeyboardInterrupt:
            return running.stop(), INTERRUPTED


def _progress() -> Any:
    """A line that moves, for a person who waits; nothing for a file or a pipe."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console  # noqa: PLC0415

    from minisvc.users.shown import shown  # noqa: PLC0415

    return shown("load", Console(stderr=True))


def _write(asked: argparse.Namespace, result: LoadResult, ledger: Ledger) -> None:
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    from minisvc.live.outcome import correct  # noqa: PLC0415

    if asked.json:
        up = result.served / result.settled if result.settled else None
        figures = {**asdict(result), "throughput": result.throughput, "up": up, "correct": correct(result)}
        asked.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if asked.csv:
        ledger.to_csv(asked.csv)
