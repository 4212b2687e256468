"""A load's progress on a terminal or in a notebook, with Rich."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from minisvc.users.result import Progress


def shown(title: str = "load", console: Console | None = None) -> Callable[[Progress], None]:
    """Give this to a load as its `progress`: one line that moves, and stays when the load is over."""
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[told]}"),
        console=console,
        # The load tells often enough, and a thread of Rich's own would outlive a load that was killed.
        auto_refresh=False,
    )
    task = bar.add_task(title, total=None, told="")

    def tell(progress: Progress) -> None:
        bar.start()
        told = f"{progress.served} served, {progress.failed} failed, {progress.lost} lost"
        bar.update(task, total=None if progress.share is None else 1.0, completed=progress.share or 0.0, told=told)
        bar.refresh()
        if progress.is_last:
            bar.stop()

    return tell
