"""What came of a load, for a person to read: success and correctness one below the other."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from minisvc.live.pen import Pen, milliseconds, percent
from minisvc.users import LoadResult, Spread

MOST_ERRORS = 5


def drawn(result: LoadResult, name: str, pen: Pen) -> Iterator[Text]:
    """The lines; `name` is what was loaded."""
    yield from pen.wrapped(name, "bold")
    yield from pen.wrapped(result.load.title, "dim")
    yield Text()
    up = result.served / result.settled if result.settled else None
    yield pen.total("up", up, f"{result.served} served, {result.failed} failed", harm=result.failed > 0)
    yield pen.total("correct", correct(result), f"{result.lost} lost of {result.served}", harm=result.lost > 0)
    yield Text()
    unsent = f", {result.unsent} never sent" if result.unsent else ""
    yield from pen.labelled(
        "rate", f"{result.throughput:.1f} served/s: {result.sent} sent in {result.took_s:.1f} s{unsent}"
    )
    is_open = result.load.is_open
    yield from pen.labelled("latency", _spread(result.latency) + "  since due" * is_open)
    if is_open:
        yield from pen.labelled("", _spread(result.response) + "  since sent")
    if result.shares:
        shares = "  ".join(
            f"{backend} {percent(count / max(1, result.served), 0)}" for backend, count in result.shares.items()
        )
        even = f"   imbalance {result.imbalance:.2f}" if result.imbalance else ""
        yield from pen.labelled("shares", shares + even)
    for error, count in list(result.errors.items())[:MOST_ERRORS]:
        yield from pen.labelled("error", f"{count} x {error}")
    if len(result.errors) > MOST_ERRORS:
        yield from pen.labelled("", f"and {len(result.errors) - MOST_ERRORS} other kinds of error")


def correct(result: LoadResult) -> float | None:
    """The part of the served answers that contradicted nobody, 0 to 1; None if none was served."""
    return max(0.0, 1 - result.lost / result.served) if result.served else None


def _spread(times: Spread) -> str:
    named = (("p50", times.p50_s), ("p95", times.p95_s), ("p99", times.p99_s), ("max", times.max_s))
    return "  ".join(f"{name} {milliseconds(value)}" for name, value in named)
